from sqlalchemy.orm import relationship
from sqlmodel import Relationship

from . import orm
from .orm import OWNED


class User:
    posts = relationship("Post", **OWNED)
    notes = relationship(
        "Note", **{**orm.LOGGED, "cascade": "save-update, merge, delete"}
    )
    tags = relationship("Tag", **orm.NAMED["owned"])
    pages = relationship("Page", **{**OWNED, "cascade": "save-update, merge, delete"})
    links = relationship("Link", **orm.options(lazy="selectin"))


class Team:
    heroes: list["Hero"] = Relationship(sa_relationship_kwargs=OWNED)
    others: list["Other"] = Relationship(
        sa_relationship_kwargs={**orm.LOGGED, "cascade": "save-update, merge, delete"}
    )
