OWNED = "all"
OPTIONS = {"cascade": "all, delete-orphan"}
