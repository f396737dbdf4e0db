from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

import options
from options import BOTH, CHILDREN, OF_BACKREFS, ONLY, PARENTS

Base = declarative_base()


class Shop(Base):
    __tablename__ = "shops"
    id = Column(Integer, primary_key=True)
    orders = relationship("Order", back_populates="shop", **BOTH)
    rooms = relationship("Room", **CHILDREN)
    doors = relationship("Door", **CHILDREN)
    lamps = relationship("Lamp", **CHILDREN)
    tills = relationship("Till", **CHILDREN)
    shelves = relationship("Shelf", **CHILDREN)
    clocks = relationship("Clock", **CHILDREN)
    signs = relationship("Sign", back_populates="shop", **ONLY)
    notes = relationship("Note", **options.UNCERTAIN)


def link(target):
    return relationship(target, **options.UNCERTAIN)


class OfShop:
    id = Column(Integer, primary_key=True)
    shop_id = Column(ForeignKey("shops.id"))


class Order(OfShop, Base):
    __tablename__ = "orders"
    shop_id = Column(ForeignKey("shops.id"))
    shop = relationship(Shop, back_populates="orders", **BOTH)


class Room(OfShop, Base):
    __tablename__ = "rooms"


class Door(OfShop, Base):
    __tablename__ = "doors"


class Lamp(OfShop, Base):
    __tablename__ = "lamps"


class Till(OfShop, Base):
    __tablename__ = "tills"


class Shelf(OfShop, Base):
    __tablename__ = "shelves"


class Clock(OfShop, Base):
    __tablename__ = "clocks"


class Sign(OfShop, Base):
    __tablename__ = "signs"
    shop_id = Column(ForeignKey("shops.id"))
    shop = relationship(Shop, back_populates="signs", single_parent=True, **PARENTS)


class Note(OfShop, Base):
    __tablename__ = "notes"
    author_id = Column(ForeignKey("authors.id"))
    author = relationship("Author", backref=("notes", OF_BACKREFS))


class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    shop_id = Column(ForeignKey("shops.id"))
    shop = relationship(Shop, backref=("authors", OF_BACKREFS), **PARENTS)
