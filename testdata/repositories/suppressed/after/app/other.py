from sqlalchemy.orm import relationship

from . import constants


class Other:
    posts = relationship("Post", cascade="save-update, merge, delete, delete-orphan")
    notes = relationship("Note", cascade="save-update, merge, delete")
    tags = relationship("Tag", cascade=constants.EVERYTHING)  # cascade-fix: ignore
    keys = relationship("Key", **constants.OPTIONS)
