from sqlalchemy.orm import relationship
from toolkit.orm import children

hits = relationship("Hit", cascade="all, delete-orphan")
terms = children("Term", cascade="all")
