from sqlalchemy.orm import relationship


class User(Base):
    posts = relationship("Post", cascade="save-update, merge, delete, delete-orphan")
    view = relationship("Post", cascade="merge", viewonly=True)
    listed = relationship("Post", cascade="none")
    parts = relationship(
        "Post", cascade=["save-update", "merge", "delete", "delete-orphan"]
    )
