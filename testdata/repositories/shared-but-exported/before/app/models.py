from sqlalchemy.orm import relationship

from app import OWNED


class User:
    posts = relationship("Post", cascade=OWNED)
    notes = relationship("Note", cascade=(OWNED))
