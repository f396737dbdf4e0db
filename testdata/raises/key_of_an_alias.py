import asyncio
from typing import Annotated, Optional

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


intpk = Annotated[int, mapped_column(primary_key=True)]


class Team(Base):
    __tablename__ = "team"
    id: Mapped[intpk]
    title: Mapped[str]
    users: Mapped[list["User"]] = relationship(back_populates="team", cascade="all")


class User(Base):
    __tablename__ = "user"
    id: Mapped[intpk]
    name: Mapped[str]
    team_id: Mapped[Optional[int]] = mapped_column(ForeignKey("team.id"))
    team: Mapped[Optional["Team"]] = relationship(back_populates="users")
    posts: Mapped[list["Post"]] = relationship(back_populates="user", cascade="all")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[intpk]
    text: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped["User"] = relationship(back_populates="posts")


async def fill():
    async with maker() as session:
        session.add(Team(id=1, title="t", users=[User(id=1, name="n", posts=[Post(id=1, text="p")])]))
        await session.commit()


async def program():
    async with maker() as session:
        team = (await session.scalars(select(Team).options(selectinload(Team.users)))).one()
        for user in team.users:
            session.expire(team)
            await session.refresh(user, ["posts"])
            print(user.id)


async def main():
    async with engine.begin() as c:
        await c.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
