88
from sqlalchemy.orm import backref, relationship

posts = relationship("Post", cascade="all")

posts = relationship(
    "Post", back_populates="author", foreign_keys="Post.id", cascade="all, delete"
)

class A:
    class B:
        class C:
            class D:
                class E:
                    class F:
                        posts = relationship("Post", cascade="all, delete-orphan")

def posts(cls):
    return relationship("Post", back_populates="author", x=12345678, cascade="all")

posts = relationship("Post", back_populates="author", lazy="raise", cascade="all")
comments = relationship("Comment", back_populates="author", x="y", cascade="all")

posts = relationship("投稿の一覧", info={"表": "作者"}, cascade="all, delete-orphan")
