88
from sqlalchemy.orm import backref, relationship

posts: Mapped[list["Post"]] = relationship(back_populates="author", cascade="all")

posts = articles = relationship("Post", back_populates="author", cascade="all")
