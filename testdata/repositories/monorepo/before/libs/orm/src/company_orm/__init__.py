from sqlalchemy.orm import relationship as _relationship

OWNED = "all, delete-orphan"


def children(target, orphans="merge", **options):
    return _relationship(target, cascade=orphans, **options)
