from sqlalchemy.orm import relationship

from consts import KEPT, OWNED


class Parent:
    children = relationship("Child", cascade=OWNED)
    others = relationship("Other", cascade=KEPT)
