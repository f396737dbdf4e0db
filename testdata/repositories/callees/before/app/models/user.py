from . import db
from .. import db as database
from ..orm import _backref, late, lookup, owned, relation_to, relationship
from app.db import db as absolute_db


class User(db.Model):
    posts = db.relationship("Post", cascade="all, delete-orphan")
    through_absolute = absolute_db.relationship("Post", cascade="all")
    through_module = database.db.relationship("Post", backref=database.db.backref("user", cascade="all"))
    loader = db.dynamic_loader("Post", cascade="all")
    relation = db.relation("Post", cascade="all")
    orm = db.orm.relationship("Post", cascade="all")
    wrapped = relationship("Post", cascade="all")
    aliased = relation_to("Post", backref=_backref("user", cascade="all"))
    owned_posts = owned("Post", cascade="all, delete-orphan")
    looked_up = lookup("all", cascade="all")
    late_posts = late("Post", cascade="all")
