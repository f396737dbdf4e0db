from dataclasses import dataclass, field
from functools import partial
import functools

from sqlalchemy.orm import (
    DynamicMapped, Mapped, RelationshipProperty, WriteOnlyMapped, backref, declared_attr, dynamic_loader, mapper_registry,
    relation, relationship,
)
from sqlalchemy.orm import relationship as alias


class User(Base):
    posts: Mapped[list["Post"]] = relationship(back_populates="author", cascade="all, delete-orphan")
    visits: WriteOnlyMapped["Visit"] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    logins: DynamicMapped["Login"] = relationship(cascade="all")
    older = relation("Older", cascade="all")
    loader = dynamic_loader("Loaded", cascade="all, delete")
    direct: "RelationshipProperty[Direct]" = RelationshipProperty("Direct", cascade="all")
    aside = relationship("Aside", backref=backref("user", cascade="all, delete-orphan", uselist=False))
    plain = relationship("Plain", backref=("user", {"cascade": "all", "uselist": False}))
    plain_list = relationship("Plain", backref=["owner", dict(cascade="all")])
    both = relationship("Both", cascade="all", backref=backref("user", cascade="all"))
    splatted = relationship("Splatted", **{"cascade": "all", "lazy": "selectin"})
    splatted_call = relationship("Splatted", **dict(cascade="all"))
    view = relationship("View", viewonly=True, cascade="all")
    view_dictionary = relationship("View", **{"viewonly": True, "cascade": "all, delete-orphan"})
    view_backref = relationship("View", viewonly=True, backref=backref("user_view", cascade="all"))
    view_backref_dictionary = relationship("View", viewonly=True, backref=backref("user_view", **{"cascade": "all"}))
    view_backref_tuple = relationship("View", viewonly=True, backref=("user_view", {"cascade": "all"}))
    view_backref_not = relationship("View", viewonly=True, backref=backref("user_view", viewonly=False, cascade="all"))
    by_name_tuple = relationship("Tuple", backref=("user", OF_BACKREF))
    view_splatted = relationship("View", viewonly=True, **{"cascade": "all"})
    view_in_splatted = relationship("View", cascade="all", **{"viewonly": True})
    view_not = relationship("View", viewonly=False, cascade="all")
    by_position_13 = relationship("Old", None, None, None, None, None, False, None, None, False, "all, delete-orphan")
    by_position_14 = relationship("Old", None, None, None, None, None, False, None, None, None, False, ("all",))

    @declared_attr
    def declared(cls):
        return relationship("Declared", cascade="all, delete-orphan")

    from_lambda = declared_attr(lambda cls: relationship("Declared", cascade="all"))


@mapper_registry.mapped
@dataclass
class Account:
    __sa_dataclass_metadata_key__ = "sa"
    entries: list["Entry"] = field(default_factory=list, metadata={"sa": relationship("Entry", cascade="all")})
    lazily: list["Entry"] = field(metadata={"sa": lambda: relationship("Entry", cascade="all")})


class Arguments(Base):
    __mapper_args__ = {"properties": {"children": relationship("Child", cascade="all")}}


info = relationship("Info", info={"cascade": "all"})
by_position_alias = alias(
    "Old", None, None, None, None, None, False,
    None,  # no backref :)
    None, False, "all"
)
children = partial(relationship, cascade="all, delete-orphan")
parents = functools.partial(backref, cascade="all")
OF_BACKREF = {"cascade": "all"}
OWNED = {"cascade": "all, delete-orphan", "lazy": "raise"}
ALSO_OWNED = dict(lazy="raise", cascade="all")


class Owner(Base):
    things = relationship("Thing", **OWNED)
    others = relationship("Other", **ALSO_OWNED)


def collected(target):
    options = {"lazy": "select"}
    if target:
        options["cascade"] = "all"
    return relationship(target, **options)


def with_default(target, **options):
    options.setdefault("cascade", "all, delete-orphan")
    return relationship(target, **options)


def updated(target, **options):
    options.update(cascade="all")
    return relationship(target, **options)


def automapped(base, generate_relationship):
    options = {}
    options["cascade"] = "all, delete-orphan"
    return generate_relationship(base, relationship, **options)
