from sqlalchemy.orm import relationship


class Parent:
    from consts import OWNED

    children = relationship("Child", cascade=OWNED)
