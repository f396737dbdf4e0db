88
from sqlalchemy.orm import backref, relationship

posts = relationship("Post", backref=backref("author", cascade="all", lazy="raise"))

mapper.map_imperatively(
    User, users, properties={"posts": relationship("Post", cascade="all, delete")}
)

from sqlmodel import Relationship

posts = Relationship(back_populates="x", sa_relationship_kwargs={"cascade": "all"})

from sqlmodel import Relationship

posts = Relationship(
    back_populates="author",
    cascade_delete=True,
)

posts = lambda cls: relationship("Post", back_populates="author", cascade="all", x=1)

posts = make(relationship("Post", lazy="raise", cascade="all") if wanted else None)

posts = relationship("Post", **{"back_populates": "author", "cascade": "all"})
