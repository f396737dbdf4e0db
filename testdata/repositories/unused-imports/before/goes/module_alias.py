from sqlalchemy.orm import relationship

import consts as c


class Parent:
    children = relationship("Child", cascade=c.OWNED)
