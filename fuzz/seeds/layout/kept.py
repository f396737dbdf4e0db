88
from sqlalchemy.orm import backref, relationship

posts = relationship("Post", back_populates="author", foreign_keys="Post.author_id", cascade="all")

posts = relationship("Post", back_populates = "author", lazy="raise", cascade = "all")

mapper(properties={
    "posts": relationship("Post", back_populates="author", lazy=1, cascade="all", x=1),
})

class User: posts = relationship("Post", back_populates="author", x=1, cascade="all")

class User:
    # fmt: off
    if True:
        posts = relationship("Post", back_populates="author", x=1, cascade="all")

class User:
    # fmt: off
    x = (1,2)


posts = relationship("Post", back_populates="author", lazy="raise", cascade="all")
