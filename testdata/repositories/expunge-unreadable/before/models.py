from sqlalchemy.orm import relationship


class User(Base):
    posts = relationship("Post", cascade="all, delete-orphan")
    view = relationship("Post", cascade="all", viewonly=True)
    listed = relationship("Post", cascade="refresh-expire, expunge")
    parts = relationship("Post", cascade=["all", "delete-orphan"])
