"""Models whose objects lead to each other over relationships that cascade refresh-expire, and some that do not."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()

tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    posts = relationship("Post", cascade="all, delete-orphan", back_populates="author")
    address = relationship("Address", cascade="all", uselist=False, backref=backref("user", cascade="all"))
    notes = relationship("Note", cascade="save-update, merge, delete")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "user"}


class Admin(User):
    __tablename__ = "admins"
    id = Column(ForeignKey("users.id"), primary_key=True)
    grants = relationship("Grant", cascade="all")
    __mapper_args__ = {"polymorphic_identity": "admin"}


class Post(Base):
    __tablename__ = "posts"
    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey("users.id"))
    author = relationship("User", back_populates="posts")
    comments = relationship("Comment", cascade="all")
    tags = relationship("Tag", secondary=tags, cascade="save-update, merge, refresh-expire")


class Comment(Base):
    __tablename__ = "comments"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("posts.id"))
    votes = relationship("Vote", cascade="all")


class Vote(Base):
    __tablename__ = "votes"
    id = Column(Integer, primary_key=True)
    comment_id = Column(ForeignKey("comments.id"))


class Tag(Base):
    __tablename__ = "tags"
    id = Column(Integer, primary_key=True)
    uses = relationship("Use", cascade="all")


class Use(Base):
    __tablename__ = "uses"
    id = Column(Integer, primary_key=True)
    tag_id = Column(ForeignKey("tags.id"))


class Address(Base):
    __tablename__ = "addresses"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("users.id"))


class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("users.id"))
    lines = relationship("Line", cascade="all")


class Line(Base):
    __tablename__ = "lines"
    id = Column(Integer, primary_key=True)
    note_id = Column(ForeignKey("notes.id"))


class Grant(Base):
    __tablename__ = "grants"
    id = Column(Integer, primary_key=True)
    admin_id = Column(ForeignKey("admins.id"))
