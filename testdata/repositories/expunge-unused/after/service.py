def detach(session, mailbox):
    # session.expunge(user) in a comment does not count
    session.expunge_all()
    mailbox.expunge()
    return Repository(session, auto_expunge=False)
