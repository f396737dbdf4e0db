from sqlalchemy.orm import relationship
from sqlmodel import Relationship

BASE = {"lazy": "select"}
JOINED = BASE | {"cascade": "save-update, merge, expunge, delete"}

BACKREF = ("parent", {"cascade": "save-update, merge, expunge, delete"})
UPDATED = {"lazy": "select"}
UPDATED.update({"cascade": "save-update, merge, expunge, delete"})
SHARED = {"cascade": "all"}
DropSchema("x", **SHARED)


class Parent(Base):
    backref_by_name = relationship("Child", backref=BACKREF)
    chosen = (relationship if NEW else relation)("Child", cascade="all")
    updated = relationship("Child", **UPDATED)
    shared = relationship(
        "Child", **{**SHARED, "cascade": "save-update, merge, expunge, delete"}
    )
    parenthesized = Relationship(
        sa_relationship_kwargs=({"cascade": "save-update, merge, expunge, delete"})
    )
    conditional = Relationship(sa_relationship_kwargs={"cascade": "save-update, merge, expunge, delete"} if OWNED else {})
    joined = relationship(
        "Child", **(BASE | {"cascade": "save-update, merge, expunge, delete"})
    )
    nested = relationship(
        "Child", **{**BASE, **{"cascade": "save-update, merge, expunge, delete"}}
    )
    by_name = relationship("Child", **JOINED)
    tuple_of_parts = relationship("Child", backref=("parent", BASE | dict(cascade="save-update, merge, expunge, delete")))
    by_position = relationship("Child", None, None, None, None, None, False, None, None, None, False, CASCADE)
