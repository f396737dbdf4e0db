def detach(session, user):
    session.expunge(user)
