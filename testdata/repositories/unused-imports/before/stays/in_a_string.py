from sqlalchemy.orm import relationship

from consts import OWNED


class Parent:
    children = relationship("Child", cascade=OWNED)

    def cascade_of(self):
        """The same as OWNED."""
