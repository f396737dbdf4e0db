from sqlalchemy.orm import relationship


class Broken(Base):
    posts = relationship("Post", cascade="all"
    likes = relationship("Like", cascade="all")
