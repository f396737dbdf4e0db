from consts import OWNED

from sqlalchemy.orm import relationship


class Parent:
    children = relationship("Child", cascade=OWNED)
