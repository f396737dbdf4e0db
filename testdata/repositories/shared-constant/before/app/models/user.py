from sqlalchemy.orm import relationship

from app import orm
from . import OWNED
from .. import orm as shared


class User:
    posts = relationship("Post", cascade=OWNED)
    notes = relationship("Note", cascade=orm.CASCADE_ALL)
    tags = relationship("Tag", cascade=shared.CASCADE_SOME)
    views = relationship("View", cascade=orm.READ_ONLY, viewonly=True)
    visits = relationship("Visit", cascade=orm.READ_ONLY)
    entries = relationship("Entry", cascade=shared.LOGGED)
    either = relationship("Either", cascade=orm.EITHER)
