from dataclasses import dataclass, field
from functools import partial
import functools

from sqlalchemy.orm import (
    DynamicMapped, Mapped, RelationshipProperty, WriteOnlyMapped, backref, declared_attr, dynamic_loader, mapper_registry,
    relation, relationship,
)
from sqlalchemy.orm import relationship as alias


class User(Base):
    posts: Mapped[list["Post"]] = relationship(back_populates="author", cascade="save-update, merge, expunge, delete, delete-orphan")
    visits: WriteOnlyMapped["Visit"] = relationship(cascade="save-update, merge, expunge, delete, delete-orphan", passive_deletes=True)
    logins: DynamicMapped["Login"] = relationship(
        cascade="save-update, merge, expunge, delete"
    )
    older = relation("Older", cascade="save-update, merge, expunge, delete")
    loader = dynamic_loader("Loaded", cascade="save-update, merge, expunge, delete")
    direct: "RelationshipProperty[Direct]" = RelationshipProperty("Direct", cascade="save-update, merge, expunge, delete")
    aside = relationship("Aside", backref=backref("user", cascade="save-update, merge, expunge, delete, delete-orphan", uselist=False))
    plain = relationship("Plain", backref=("user", {"cascade": "save-update, merge, expunge, delete", "uselist": False}))
    plain_list = relationship(
        "Plain", backref=["owner", dict(cascade="save-update, merge, expunge, delete")]
    )
    both = relationship(
        "Both",
        cascade="save-update, merge, expunge, delete",
        backref=backref("user", cascade="save-update, merge, expunge, delete"),
    )
    splatted = relationship(
        "Splatted",
        **{"cascade": "save-update, merge, expunge, delete", "lazy": "selectin"},
    )
    splatted_call = relationship(
        "Splatted", **dict(cascade="save-update, merge, expunge, delete")
    )
    view = relationship("View", viewonly=True, cascade="merge, expunge")
    view_dictionary = relationship("View", **{"viewonly": True, "cascade": "merge, expunge"})
    view_backref = relationship("View", viewonly=True, backref=backref("user_view", cascade="merge, expunge"))
    view_backref_dictionary = relationship("View", viewonly=True, backref=backref("user_view", **{"cascade": "merge, expunge"}))
    view_backref_tuple = relationship("View", viewonly=True, backref=("user_view", {"cascade": "merge, expunge"}))
    view_backref_not = relationship("View", viewonly=True, backref=backref("user_view", viewonly=False, cascade="save-update, merge, expunge, delete"))
    by_name_tuple = relationship("Tuple", backref=("user", OF_BACKREF))
    view_splatted = relationship("View", viewonly=True, **{"cascade": "merge, expunge"})
    view_in_splatted = relationship(
        "View", cascade="merge, expunge", **{"viewonly": True}
    )
    view_not = relationship(
        "View", viewonly=False, cascade="save-update, merge, expunge, delete"
    )
    by_position_13 = relationship("Old", None, None, None, None, None, False, None, None, False, "save-update, merge, expunge, delete, delete-orphan")
    by_position_14 = relationship("Old", None, None, None, None, None, False, None, None, None, False, ("save-update", "merge", "expunge", "delete"))

    @declared_attr
    def declared(cls):
        return relationship(
            "Declared", cascade="save-update, merge, expunge, delete, delete-orphan"
        )

    from_lambda = declared_attr(
        lambda cls: relationship(
            "Declared", cascade="save-update, merge, expunge, delete"
        )
    )


@mapper_registry.mapped
@dataclass
class Account:
    __sa_dataclass_metadata_key__ = "sa"
    entries: list["Entry"] = field(default_factory=list, metadata={"sa": relationship("Entry", cascade="save-update, merge, expunge, delete")})
    lazily: list["Entry"] = field(metadata={"sa": lambda: relationship("Entry", cascade="save-update, merge, expunge, delete")})


class Arguments(Base):
    __mapper_args__ = {
        "properties": {
            "children": relationship(
                "Child", cascade="save-update, merge, expunge, delete"
            )
        }
    }


info = relationship("Info", info={"cascade": "all"})
by_position_alias = alias(
    "Old", None, None, None, None, None, False,
    None,  # no backref :)
    None, False, "save-update, merge, delete"
)
children = partial(
    relationship, cascade="save-update, merge, expunge, delete, delete-orphan"
)
parents = functools.partial(backref, cascade="save-update, merge, expunge, delete")
OF_BACKREF = {"cascade": "save-update, merge, expunge, delete"}
OWNED = {
    "cascade": "save-update, merge, expunge, delete, delete-orphan",
    "lazy": "raise",
}
ALSO_OWNED = dict(lazy="raise", cascade="save-update, merge, expunge, delete")


class Owner(Base):
    things = relationship("Thing", **OWNED)
    others = relationship("Other", **ALSO_OWNED)


def collected(target):
    options = {"lazy": "select"}
    if target:
        options["cascade"] = "save-update, merge, expunge, delete"
    return relationship(target, **options)


def with_default(target, **options):
    options.setdefault("cascade", "save-update, merge, expunge, delete, delete-orphan")
    return relationship(target, **options)


def updated(target, **options):
    options.update(cascade="save-update, merge, expunge, delete")
    return relationship(target, **options)


def automapped(base, generate_relationship):
    options = {}
    options["cascade"] = "save-update, merge, expunge, delete, delete-orphan"
    return generate_relationship(base, relationship, **options)
