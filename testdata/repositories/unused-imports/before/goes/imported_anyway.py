from sqlalchemy.orm import relationship

import loud
from loud import LOUD


class Parent:
    children = relationship("Child", cascade=LOUD)
    names = loud.NAMES
