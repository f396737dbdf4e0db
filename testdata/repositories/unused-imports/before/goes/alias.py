from sqlalchemy.orm import relationship

from consts import OWNED as ALL


class Parent:
    children = relationship("Child", cascade=ALL)
