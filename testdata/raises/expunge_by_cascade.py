import asyncio
from typing import Optional

from sqlalchemy import ForeignKey, Table, Column, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


tagged = Table("tagged", Base.metadata, Column("tag_id", ForeignKey("tag.id"), primary_key=True), Column("note_id", ForeignKey("note.id"), primary_key=True))


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


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    notes: Mapped[list["Note"]] = relationship(secondary=tagged, cascade="all")


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
        note = Note(text="b")
        session.add(User(id=1, name="n", notes=[note]))
        session.add(Tag(notes=[note]))
        await session.commit()


async def program():
    async with maker() as session:
        user = (await session.scalars(select(User).options(selectinload(User.notes)))).one()
        tag = (await session.scalars(select(Tag).options(selectinload(Tag.notes)))).one()
        for note in tag.notes:
            session.expunge(user)
            session.expire(tag)
            print(note.text)


async def main():
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
