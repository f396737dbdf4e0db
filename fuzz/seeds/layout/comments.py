88
from sqlalchemy.orm import backref, relationship

posts = relationship("Post", cascade="all")  # everything goes with its author, ok

posts = relationship(
    "Post",
    cascade="all, delete-orphan",  # the posts go with their author, and so do all comments
    lazy="raise",
)

posts = relationship(  # see below
    "Post",
    backref=backref("author", cascade="all, delete-orphan", lazy="raise", x=1),
)
