# -*- coding: latin-1 -*-
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # café
