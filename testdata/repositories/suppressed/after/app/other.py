from sqlalchemy.orm import relationship

from . import constants


class Other:
    posts = relationship(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    notes = relationship("Note", cascade="save-update, merge, expunge, delete")
    tags = relationship("Tag", cascade=constants.EVERYTHING)  # cascade-fix: ignore
    keys = relationship("Key", **constants.OPTIONS)
