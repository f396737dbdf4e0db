from sqlalchemy.orm import relationship

from loud import LOUD


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
