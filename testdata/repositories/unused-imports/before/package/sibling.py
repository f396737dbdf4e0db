from sqlalchemy.orm import relationship

from . import consts


class Parent:
    children = relationship("Child", cascade=consts.INNER)
