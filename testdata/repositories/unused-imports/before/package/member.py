from sqlalchemy.orm import relationship

from .consts import INNER


class Parent:
    children = relationship("Child", cascade=INNER)
