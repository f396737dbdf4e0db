OWNED = {"cascade": "save-update, merge, delete, delete-orphan", "lazy": "selectin"}
LOGGED = {"cascade": "all"}
NAMED = {
    "owned": {"cascade": "save-update, merge, delete"},
    "shared": {"cascade": "merge"},
}
print(LOGGED)


def options(**given):
    return {"cascade": "save-update, merge, delete", **given}
