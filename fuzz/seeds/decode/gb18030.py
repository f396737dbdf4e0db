# coding: gb18030
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # 中国
