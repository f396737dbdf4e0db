from sqlalchemy.orm import relationship

from consts import (
    KEPT,
    OWNED,  # what goes with its parent
)


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    others = relationship("Other", cascade=KEPT)
