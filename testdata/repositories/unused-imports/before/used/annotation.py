from sqlalchemy.orm import relationship

from consts import OWNED


class Parent:
    children = relationship("Child", cascade=OWNED)
    default: "type(OWNED)" = None
