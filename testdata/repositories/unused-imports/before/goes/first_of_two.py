from sqlalchemy.orm import relationship

from loud import LOUD, SOFT


class Parent:
    children = relationship("Child", cascade=LOUD)
    others = relationship("Other", cascade=SOFT)
