from graphs import relationship

edges = relationship("Child", cascade="all, delete-orphan")


class Node(Base):
    __tablename__ = "nodes"
    children = relationship("Child", cascade="all")
