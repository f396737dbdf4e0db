# coding=euc-kr
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # 한국
