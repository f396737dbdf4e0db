# coding: utf-8
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # x
