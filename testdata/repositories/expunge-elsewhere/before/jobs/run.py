repository = UserRepository(session=session, auto_expunge=True)
