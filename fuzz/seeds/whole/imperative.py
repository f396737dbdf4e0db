import sqlalchemy.orm
from sqlalchemy import orm
from sqlalchemy.orm import registry

mapper_registry = registry()
mapper_registry.map_imperatively(
    User,
    users,
    properties={
        "addresses": orm.relationship(Address, cascade="all, delete-orphan"),
        "orders": sqlalchemy.orm.relationship(lambda: Order, cascade='all'),
    },
)
orm.mapper(Keyword, keywords, properties=dict(items=orm.relation(Item, cascade="all")))
User.__mapper__.add_property("notes", orm.relationship(Note, cascade="all"))
User.tags = orm.relationship(Tag, cascade="all, delete")
