from sqlalchemy.orm import relationship

from consts import OWNED, SHARED


class Parent:
    children = relationship("Child", cascade=OWNED)
    others = relationship("Other", cascade=SHARED)
