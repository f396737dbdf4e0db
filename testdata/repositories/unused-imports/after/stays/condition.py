from sqlalchemy.orm import relationship

import sys

if sys.version_info > (3, 8):
    from consts import OWNED


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
