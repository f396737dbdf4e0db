#!/usr/bin/env python
# vim: set fileencoding=cp1252 :
from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # €
