import sqlalchemy.orm
from sqlalchemy import orm
from sqlalchemy.orm import registry

mapper_registry = registry()
mapper_registry.map_imperatively(
    User,
    users,
    properties={
        "addresses": orm.relationship(
            Address, cascade="save-update, merge, expunge, delete, delete-orphan"
        ),
        "orders": sqlalchemy.orm.relationship(
            lambda: Order, cascade='save-update, merge, expunge, delete'
        ),
    },
)
orm.mapper(
    Keyword,
    keywords,
    properties=dict(
        items=orm.relation(Item, cascade="save-update, merge, expunge, delete")
    ),
)
User.__mapper__.add_property(
    "notes", orm.relationship(Note, cascade="save-update, merge, expunge, delete")
)
User.tags = orm.relationship(Tag, cascade="save-update, merge, expunge, delete")
