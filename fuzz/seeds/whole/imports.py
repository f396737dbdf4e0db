from sqlalchemy.orm import relationship

from consts import OWNED


class Parent:
    children = relationship("Child", cascade=OWNED)

    def cascade_of(self, OWNED, other):
        # not that OWNED
        return OWNED + other.OWNED + str(other, OWNED=1)
