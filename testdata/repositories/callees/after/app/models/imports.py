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
    tried = relationship("Post", cascade="save-update, merge, delete")
    starred = backref("posts", cascade="save-update, merge, delete")
    module = sa.orm.relationship("Post", cascade="save-update, merge, delete")
    renamed_module = o.relationship("Post", cascade="save-update, merge, delete")
    renamed = rel(
        "Post", backref=_backref("user", cascade="save-update, merge, delete")
    )


def inside():
    from sqlalchemy.orm import relationship as local

    return local("Post", cascade="save-update, merge, delete")
