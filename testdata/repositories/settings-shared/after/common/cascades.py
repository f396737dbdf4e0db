OWNED = "all, delete-orphan"
LOGGED = "delete"
ORDERS = "save-update, merge, expunge, delete"
