from sqlalchemy.orm import relationship

from consts import KEPT


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    others = relationship("Other", cascade=KEPT)
