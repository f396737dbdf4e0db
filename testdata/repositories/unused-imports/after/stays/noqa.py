from sqlalchemy.orm import relationship

from consts import OWNED  # noqa: F401


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
