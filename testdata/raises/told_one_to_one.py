import asyncio
from typing import Optional

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    profile: Mapped[Optional["Profile"]] = relationship(back_populates="user", cascade="all")


class Profile(Base):
    __tablename__ = "profile"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    user_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user.id"))
    user: Mapped[Optional["User"]] = relationship(back_populates="profile", cascade="all")


async def fill():
    async with maker() as session:
        session.add(User(id=1, name="n"))
        session.add(Profile(id=1, text="p"))
        await session.commit()


async def program():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        profile = (await session.scalars(select(Profile))).one()
        user.profile = profile
        await session.flush()
        await session.refresh(profile)
        print(user.name)


async def main():
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
