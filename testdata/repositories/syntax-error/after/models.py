from sqlalchemy.orm import relationship


class Fine(Base):
    posts = relationship(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )


class Broken(Base):
    comments = relationship("Comment", cascade="all", lazy=)
    likes = relationship("Like", cascade="save-update, merge, expunge, delete")


def oops(:
    pass


class Later(Base):
    tags = relationship("Tag", cascade="save-update, merge, expunge, delete")
