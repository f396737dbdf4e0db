OWNED = "all, delete-orphan"
LOGGED = "delete, refresh-expire"
ORDERS = "all"
