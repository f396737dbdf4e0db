# coding: iso-2022-jp
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # テス
