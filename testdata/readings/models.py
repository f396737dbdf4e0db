from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()

links = Table(
    "links",
    Base.metadata,
    Column("parent_id", ForeignKey("parent.id")),
    Column("child_id", ForeignKey("child.id")),
)

# above


class Child(Base):
    __tablename__ = "child"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("parent.id"))
    # child


class Parent(Base):
    __tablename__ = "parent"
    id = Column(Integer, primary_key=True)
    # parent
