88
from sqlalchemy.orm import backref, relationship

posts = relationship("Post", back_populates="author", lazy="raise", cascade="all")

posts = relationship("Post", back_populates="author", cascade="all")

posts = relationship(
    "Post",
    back_populates="x",
    cascade="all, refresh-expire, delete, delete-orphan, merge, save-update",
)

posts = relationship(
    "Post",
    back_populates="x",
    cascade="all, refresh-expire, delete, delete-orphan, merge, save-update",
)

class User:
	posts = relationship("Post", back_populates="author", lazy=1, cascade="all")

from sqlalchemy.orm import relationship

posts = relationship("Post", back_populates="author", lazy="raise", cascade="all")

"""Children go with their parents::

class Parent:
    children = relationship("Child")
"""

