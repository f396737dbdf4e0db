from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    profile = relationship("Profile", uselist=False, cascade="all, delete-orphan")
    posts = relationship("Post", cascade="all")


class Profile(Base):
    __tablename__ = "profile"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    links = relationship("Link", cascade="all")


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    comments = relationship("Comment", cascade="all")


class Comment(Base):
    __tablename__ = "comment"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"))


class Link(Base):
    __tablename__ = "link"
    id = Column(Integer, primary_key=True)
    profile_id = Column(ForeignKey("profile.id"))
