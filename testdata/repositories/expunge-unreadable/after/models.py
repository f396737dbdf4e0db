from sqlalchemy.orm import relationship


class User(Base):
    posts = relationship(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    view = relationship("Post", cascade="merge, expunge", viewonly=True)
    listed = relationship("Post", cascade="expunge")
    parts = relationship(
        "Post", cascade=["save-update", "merge", "expunge", "delete", "delete-orphan"]
    )
