from sqlalchemy.orm import relationship

# what goes with its parent
from consts import OWNED


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
