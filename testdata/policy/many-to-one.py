from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Child(Base):
    __tablename__ = "children"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("parents.id"))
    related = relationship("Parent", cascade="all")


class Parent(Base):
    __tablename__ = "parents"
    id = Column(Integer, primary_key=True)
