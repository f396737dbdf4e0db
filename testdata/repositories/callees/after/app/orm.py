from sqlalchemy import orm as sa_orm
from sqlalchemy.orm import relationship as _relationship, backref as _backref

relation_to = sa_orm.relationship


def relationship(*args, **kwargs):
    kwargs.setdefault("lazy", "raise")
    return _relationship(*args, **kwargs)


def owned(target, cascade="save-update"):
    return _relationship(target, cascade=cascade)


def lookup(name, cascade=None):
    return [name, cascade]


def late(*args, **kwargs):
    from sqlalchemy.orm import relationship as imported_late

    return imported_late(*args, **kwargs)
