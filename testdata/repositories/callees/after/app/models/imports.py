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
    tried = relationship("Post", cascade="save-update, merge, expunge, delete")
    starred = backref("posts", cascade="save-update, merge, expunge, delete")
    module = sa.orm.relationship("Post", cascade="save-update, merge, expunge, delete")
    renamed_module = o.relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )
    renamed = rel(
        "Post", backref=_backref("user", cascade="save-update, merge, expunge, delete")
    )


def inside():
    from sqlalchemy.orm import relationship as local

    return local("Post", cascade="save-update, merge, expunge, delete")
