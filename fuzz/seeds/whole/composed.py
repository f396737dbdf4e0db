from sqlalchemy.orm import relationship
from sqlmodel import Relationship

BASE = {"lazy": "select"}
JOINED = BASE | {"cascade": "all"}

BACKREF = ("parent", {"cascade": "all"})
UPDATED = {"lazy": "select"}
UPDATED.update({"cascade": "all"})
SHARED = {"cascade": "all"}
DropSchema("x", **SHARED)


class Parent(Base):
    backref_by_name = relationship("Child", backref=BACKREF)
    chosen = (relationship if NEW else relation)("Child", cascade="all")
    updated = relationship("Child", **UPDATED)
    shared = relationship("Child", **SHARED)
    parenthesized = Relationship(sa_relationship_kwargs=({"cascade": "all"}))
    conditional = Relationship(sa_relationship_kwargs={"cascade": "all"} if OWNED else {})
    joined = relationship("Child", **(BASE | {"cascade": "all"}))
    nested = relationship("Child", **{**BASE, **{"cascade": "all"}})
    by_name = relationship("Child", **JOINED)
    tuple_of_parts = relationship("Child", backref=("parent", BASE | dict(cascade="all")))
    by_position = relationship("Child", None, None, None, None, None, False, None, None, None, False, CASCADE)
