import asyncio
from typing import Optional

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import (
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
)
from sqlalchemy.pool import StaticPool

engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list["Post"]] = relationship(back_populates="user", cascade="all")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    user_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user.id"))
    user: Mapped[Optional["User"]] = relationship(back_populates="posts", cascade="all")


async def fill():
    async with maker() as session:
        session.add(User(id=1, name="n"))
        session.add(User(id=2, name="m"))
        session.add(Post(id=1, text="p", user_id=1))
        session.add(Post(id=2, text="q", user_id=2))
        await session.commit()


async def program():
    async with maker() as session:
        one = (await session.scalars(select(User).where(User.id == 1))).one()
        two = (await session.scalars(select(User).where(User.id == 2))).one()
        await session.refresh(one, ["posts"])
        first = one.posts[0]
        for first.user in [two]:
            pass
        session.expire(one)
        print(first.text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
