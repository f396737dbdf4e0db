from sqlalchemy.orm import relationship

import consts


class Parent:
    children = relationship("Child", cascade=consts.OWNED)
