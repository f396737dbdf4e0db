from sqlalchemy.orm import relationship

from base import Base

OWNED = {"all"}
SAME = OWNED


class Renamed(Base):
    __tablename__ = "renamed"

    left_alone = relationship("Child", cascade=OWNED)  # cascade-fix: ignore[CAS001]
    fixed = relationship("Child", cascade="save-update, merge, expunge, delete")
    fixed_too = relationship("Child", cascade="save-update, merge, expunge, delete")
