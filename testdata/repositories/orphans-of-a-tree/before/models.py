from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("node.id"))
    children = relationship("Node", cascade="all, delete-orphan")
    tags = relationship("Tag", cascade="all")


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    node_id = Column(ForeignKey("node.id"))
