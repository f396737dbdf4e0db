from sqlalchemy.orm import relationship


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
