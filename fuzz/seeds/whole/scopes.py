from functools import partial

import mylib
from sqlalchemy.orm import backref, relationship

relationship = partial(relationship, lazy="raise")


class Scopes(Base):
    relationship = relationship("Own name", cascade="all")


class Local(Base):
    owned = partial(backref, cascade="all")
    user = relationship("User", backref=owned("posts", cascade="all"))

    def method(self):
        # the class's names are not seen here, the module's are
        return owned("posts", cascade="all"), relationship("Post", cascade="all")


def outer():
    from sqlalchemy.orm import relationship as rel

    alias = rel

    def inner():
        children = partial(alias, lazy="select")
        return children("Post", cascade="all")

    return inner


class Other(Base):
    # this name belongs to the class
    relationship = mylib.relationship
    edge = relationship("X", cascade="all")


class Last(Base):
    posts = relationship("Post", cascade="all")
