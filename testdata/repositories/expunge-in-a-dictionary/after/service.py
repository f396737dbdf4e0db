repository = UserRepository(session, **{"auto_expunge": True})
