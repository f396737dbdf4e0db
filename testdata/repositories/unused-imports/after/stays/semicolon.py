from sqlalchemy.orm import relationship

from consts import OWNED; LEVEL = 1


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
