"""A shelf's books belong to the shelf; they are loaded as the caller wants it."""

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

try:
    from sqlalchemy.ext.asyncio import AsyncAttrs
except ImportError:
    # 1.4 has none

    class AsyncAttrs:
        pass


def shelves(lazy):
    """The base class, and classes whose relationship has the loader."""
    Base = declarative_base(cls=AsyncAttrs)

    class Shelf(Base):
        __tablename__ = "shelves"

        id = Column(Integer, primary_key=True)
        books = relationship("Book", cascade="all, delete-orphan", lazy=lazy)

    class Book(Base):
        __tablename__ = "books"

        id = Column(Integer, primary_key=True)
        title = Column(String)
        shelf_id = Column(ForeignKey("shelves.id"))

    return Base, Shelf, Book
