from . import db
from .. import db as database
from ..orm import _backref, late, lookup, owned, relation_to, relationship
from app.db import db as absolute_db


class User(db.Model):
    posts = db.relationship(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    through_absolute = absolute_db.relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )
    through_module = database.db.relationship("Post", backref=database.db.backref("user", cascade="save-update, merge, expunge, delete"))
    loader = db.dynamic_loader("Post", cascade="save-update, merge, expunge, delete")
    relation = db.relation("Post", cascade="save-update, merge, expunge, delete")
    orm = db.orm.relationship("Post", cascade="save-update, merge, expunge, delete")
    wrapped = relationship("Post", cascade="save-update, merge, expunge, delete")
    aliased = relation_to(
        "Post", backref=_backref("user", cascade="save-update, merge, expunge, delete")
    )
    owned_posts = owned(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    looked_up = lookup("all", cascade="all")
    late_posts = late("Post", cascade="save-update, merge, expunge, delete")
