OWNED = {"cascade": "all, delete-orphan", "lazy": "selectin"}
LOGGED = {"cascade": "all"}
NAMED = {"owned": {"cascade": "all"}, "shared": {"cascade": "merge"}}
print(LOGGED)


def options(**given):
    return {"cascade": "all", **given}
