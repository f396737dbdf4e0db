# cascade="all, delete-orphan" in a comment
"""relationship("Post", cascade="all") in a docstring"""
from django.db import models
from graphs import relationship, backref as graph_backref
from sqlalchemy import DropConstraint, ForeignKey
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import registry, relationship as sa_relationship
from sqlalchemy.schema import DropSchema
from sqlalchemy_utils import create_view, DropView
import networkx
import py2neo.ogm as ogm

edges = relationship("a", "b", cascade="all")
back = graph_backref("a", cascade="all")
path = networkx.relationship("a", cascade="all")
friends = ogm.Relationship("Person", cascade="all")
DropSchema("audit", cascade=True)
DropConstraint(constraint, cascade=True)
DropView("recent", cascade=True)
create_view("recent", selectable, metadata, cascade_on_drop=False)
registry().configure(cascade=True)
registry().dispose(cascade="all")
names = association_proxy("posts", "name", cascade_scalar_deletes=True)
key = ForeignKey("users.id", ondelete="CASCADE", onupdate="cascade")
posts = sa_relationship("Post", cascade_backrefs=False)
author = models.ForeignKey("Author", on_delete=models.CASCADE)
delete_project(project, cascade="all")
options = {"cascade": "all", "backref": "posts"}
event["cascade"] = "all"
print(f"cascade={options!r}", "cascade='all'")


class Session:
    def relationship(self, name, cascade="all"):
        return name, cascade


def backref(name, cascade="all"):
    return (name, cascade)


session = backref("posts", cascade="all, delete-orphan")
