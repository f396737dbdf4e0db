def forget(session, item):
    session.expunge(item)
