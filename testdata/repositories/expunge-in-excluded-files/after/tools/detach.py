def detach(session, team):
    session.expunge(team)
