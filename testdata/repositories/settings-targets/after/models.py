from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()

order_tag = Table(
    "order_tag",
    Base.metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Customer(Base):
    __tablename__ = "customers"

    id = Column(Integer, primary_key=True)
    orders = relationship("Order", back_populates="customer", cascade="save-update, merge, delete, delete-orphan")
    passport = relationship("Passport", uselist=False, cascade="all")


class Passport(Base):
    __tablename__ = "passports"

    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customers.id"))


class Tag(Base):
    __tablename__ = "tags"

    id = Column(Integer, primary_key=True)


class Order(Base):
    __tablename__ = "orders"

    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customers.id"))
    customer = relationship(Customer, back_populates="orders", cascade="save-update, refresh-expire")
    tags = relationship(Tag, secondary=order_tag, cascade="all")
    links = relationship("Link", cascade="all")
