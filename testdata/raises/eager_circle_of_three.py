import asyncio

from sqlalchemy import ForeignKey, Table, Column, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


buyers = Table("buyers", Base.metadata, Column("item_id", ForeignKey("item.id"), primary_key=True), Column("user_id", ForeignKey("user.id"), primary_key=True))


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    orders: Mapped[list["Order"]] = relationship(lazy="selectin")


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    items: Mapped[list["Item"]] = relationship(lazy="selectin")


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    buyers: Mapped[list["User"]] = relationship(secondary=buyers, lazy="selectin", cascade="all")


async def fill():
    async with maker() as session:
        user = User(id=1, name="n")
        session.add(user)
        session.add(User(id=2, name="m", orders=[Order(id=1, items=[Item(id=1, buyers=[user])])]))
        await session.commit()


async def program():
    async with maker() as session:
        user = (await session.scalars(select(User).where(User.name == "m"))).one()
        order = user.orders[0]
        item = order.items[0]
        for buyer in item.buyers:
            session.expire(item)
            print(buyer.name)


async def main():
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
