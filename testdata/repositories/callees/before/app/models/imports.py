try:
    from sqlalchemy.orm import relationship
except ImportError:
    relationship = None

from sqlalchemy.orm import *  # noqa: F403

if True:
    import sqlalchemy as sa
    import sqlalchemy.orm as o
    from sqlalchemy.orm import relationship as rel, backref as _backref


class Imported(Base):
    tried = relationship("Post", cascade="all")
    starred = backref("posts", cascade="all")
    module = sa.orm.relationship("Post", cascade="all")
    renamed_module = o.relationship("Post", cascade="all")
    renamed = rel("Post", backref=_backref("user", cascade="all"))


def inside():
    from sqlalchemy.orm import relationship as local

    return local("Post", cascade="all")
