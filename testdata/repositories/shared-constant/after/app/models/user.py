from sqlalchemy.orm import relationship

from app import orm
from . import OWNED
from .. import orm as shared


class User:
    posts = relationship("Post", cascade=OWNED)
    notes = relationship("Note", cascade=orm.CASCADE_ALL)
    tags = relationship("Tag", cascade=shared.CASCADE_SOME)
    views = relationship("View", cascade="merge", viewonly=True)
    visits = relationship("Visit", cascade="save-update, merge, delete")
    entries = relationship("Entry", cascade="save-update, merge, delete")
    either = relationship("Either", cascade=orm.EITHER)
