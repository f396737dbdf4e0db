import copy

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# what the one relationship gets is not known: nothing is written for it
OPTIONS = {"cascade": ["all"], "overlaps": "*"}


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Child(Base):
    __tablename__ = "child"
    first_id: Mapped[int] = mapped_column(ForeignKey("first.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("second.id"))


class First(Base):
    __tablename__ = "first"
    children = relationship("Child", cascade=OPTIONS["cascade"])


class Second(Base):
    __tablename__ = "second"
    children = relationship("Child", **copy.copy(OPTIONS))
