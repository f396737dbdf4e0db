from sqlalchemy.orm import relationship

from loud import SOFT


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
    others = relationship("Other", cascade=SOFT)
