import asyncio
from typing import Optional

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    orders: Mapped[list["Order"]] = relationship(back_populates="user")
    notes: Mapped[list["Note"]] = relationship(back_populates="user", cascade="all")


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped["User"] = relationship(back_populates="orders")
    notes: Mapped[list["Note"]] = relationship(back_populates="order")


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    user_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user.id"))
    user: Mapped[Optional["User"]] = relationship(back_populates="notes")
    order_id: Mapped[Optional[int]] = mapped_column(ForeignKey("order.id"))
    order: Mapped[Optional["Order"]] = relationship(back_populates="notes")


async def fill():
    async with maker() as session:
        session.add(User(id=1, name="n", orders=[Order(notes=[Note(text="a")])], notes=[Note(text="b")]))
        await session.commit()


async def program():
    async with maker() as session:
        session.sync_session.autoflush = False
        user = (await session.scalars(select(User).options(selectinload(User.notes)))).one()
        note = Note(text="new")
        user.notes.append(note)
        orders = (await session.scalars(select(Order))).all()
        session.expire(user)
        print(note.text)


async def main():
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
