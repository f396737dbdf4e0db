from sqlalchemy.orm import relationship

from . import constants, shared
from .constants import EXPORTED


class Other:
    posts = relationship("Post", cascade=shared.OWNED)
    notes = relationship("Note", cascade=EXPORTED)
    tags = relationship("Tag", cascade=constants.EVERYTHING)  # cascade-fix: ignore
    keys = relationship("Key", **constants.OPTIONS)
