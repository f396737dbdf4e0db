from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from .database import Base

OWNED = "all, delete-orphan"

order_tag = Table(
    "order_tag",
    Base.metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    orders: Mapped[list["Order"]] = relationship(
        back_populates="customer",
        cascade="all, delete-orphan",  # orders go with their customer
    )
    addresses: Mapped[list["Address"]] = relationship(cascade=OWNED)


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    street: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    tags: Mapped[list["Tag"]] = relationship(secondary=order_tag, cascade="save-update, merge")


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order: Mapped[Order] = relationship(backref=backref("invoices", cascade="save-update, merge, refresh-expire, delete"))
