# coding: shift_jis
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # テスト
