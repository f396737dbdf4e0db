from sqlalchemy.orm import relationship

from consts import Cascades


class Parent:
    children = relationship("Child", cascade=Cascades.OWNED)
