from sqlalchemy.orm import relationship

from consts import (
    KEPT,  # the default
    OWNED,
    Cascades,
)


class Parent:
    children = relationship("Child", cascade=OWNED)
    others = relationship("Other", cascade=KEPT)
    kinds = Cascades
