# coding: koi8-r
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # ж
