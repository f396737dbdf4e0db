import mylib
from sqlalchemy.orm import relationship


class Nested:
    relationship = mylib.relationship
    edge = relationship("X", cascade="all")


class Mapped(Base):
    posts = relationship("Post", cascade="save-update, merge")
