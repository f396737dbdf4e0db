from networkx import *

edge = relationship("a", cascade="all")
