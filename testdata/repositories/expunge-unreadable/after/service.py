# é
session.expunge(user)
