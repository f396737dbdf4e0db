from sqlalchemy.orm import relationship

from .orm import OPTIONS, OWNED


class User:
    posts = relationship("Post", cascade=OWNED)
    notes = relationship("Note", **OPTIONS)
    tags = relationship("Tag", cascade="save-update, merge, delete")
