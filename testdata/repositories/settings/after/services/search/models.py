from sqlalchemy.orm import relationship
from toolkit.orm import children

hits = relationship(
    "Hit",
    cascade="save-update, merge, expunge, delete, delete-orphan",
)
terms = children("Term", cascade="all")
