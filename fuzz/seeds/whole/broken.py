from sqlalchemy.orm import relationship


class Fine(Base):
    posts = relationship("Post", cascade="all, delete-orphan")


class Broken(Base):
    comments = relationship("Comment", cascade="all", lazy=)
    likes = relationship("Like", cascade="all")


def oops(:
    pass


class Later(Base):
    tags = relationship("Tag", cascade="all")
