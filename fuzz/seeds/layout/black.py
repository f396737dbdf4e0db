88
from sqlalchemy.orm import backref, relationship

def owned(target: str, *, cascade: str = "all, delete-orphan") -> "Mapped[list[Any]]":
    return relationship(target, cascade=cascade)

@registered(relationship("Post", back_populates="author", cascade="all, delete"))
def owned():
    pass

posts = relationship("Post", cascade="all, delete-orphan" if owned else "save-update")
