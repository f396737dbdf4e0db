from sqlalchemy.orm import relationship as _relationship

OWNED = "save-update, merge, delete, delete-orphan"


def children(target, orphans="merge", **options):
    return _relationship(target, cascade=orphans, **options)
