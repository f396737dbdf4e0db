from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"

    id = Column(Integer, primary_key=True)
    books = relationship("Book", cascade="all, delete-orphan")
    boxes = relationship("Box", cascade="all", lazy="selectin")
    labels = relationship("Label", cascade="al")


class Book(Base):
    __tablename__ = "book"

    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))


class Box(Base):
    __tablename__ = "box"

    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))


class Label(Base):
    __tablename__ = "label"

    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))
