from sqlalchemy.orm import relationship

from package.consts import INNER


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
