from sqlalchemy.orm import relationship

import loud


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
    names = loud.NAMES
