import asyncio

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    items: Mapped[list["Item"]] = relationship(back_populates="order", cascade="all")


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    order_no: Mapped[int] = mapped_column(ForeignKey("order.id"))
    order: Mapped["Order"] = relationship(back_populates="items")


async def fill():
    async with maker() as session:
        session.add(Order(id=1, name="a", items=[Item(id=1, name="i")]))
        session.add(Order(id=2, name="b"))
        await session.commit()


async def program():
    async with maker() as session:
        order = (await session.scalars(select(Order).where(Order.name == "a").options(selectinload(Order.items)))).one()
        for item in order.items:
            item.order_no = 2
            await session.flush()
            await session.refresh(order, ["items"])
            session.expire(order)
            print(item.name)


async def main():
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
