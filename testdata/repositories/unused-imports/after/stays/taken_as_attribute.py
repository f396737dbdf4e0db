from sqlalchemy.orm import relationship

from consts import OWNED


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
