from sqlalchemy.orm import relationship

OWNED = "all, delete-orphan"
LEFT_ALONE = "all"  # cascade-fix: ignore
BY_NOQA = "save-update, merge, expunge, delete"  # noqa
COMMON = {"cascade": "all", "lazy": "selectin"}
LEFT_ALONE_TOO = {
    "cascade": "all",
    "lazy": "selectin",  # cascade-fix: ignore
}
LEFT_ALONE_BY_ALL = {"cascade": "all"}


class User:
    posts = relationship(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    notes = relationship("Note", cascade=OWNED)  # cascade-fix: ignore
    tags = relationship("Tag", cascade=LEFT_ALONE)
    keys = relationship("Key", cascade=BY_NOQA)
    roles = relationship(
        "Role", **{**COMMON, "cascade": "save-update, merge, expunge, delete"}
    )
    teams = relationship("Team", **COMMON)  # cascade-fix: ignore
    flags = relationship("Flag", **LEFT_ALONE_TOO)
    marks = relationship("Mark", **LEFT_ALONE_BY_ALL)  # cascade-fix: ignore
    votes = relationship("Vote", **LEFT_ALONE_BY_ALL)  # cascade-fix: ignore[CAS0]
    either = relationship(
        "Either",
        cascade="save-update, merge, expunge, delete, delete-orphan"
        if OWNED
        else "save-update, merge, expunge, delete",
    )
