import asyncio
from functools import partial
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


Relationship = partial(relationship, lazy="selectin")


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    best_id: Mapped[Optional[int]] = mapped_column(ForeignKey("post.id"))
    posts: Mapped[list["Post"]] = relationship(cascade="all", foreign_keys="Post.user_id")
    best: Mapped[Optional["Post"]] = Relationship(foreign_keys=[best_id])


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    user_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user.id", use_alter=True))


async def fill():
    async with maker() as session:
        user = User(id=1, name="n", posts=[Post(id=1, text="p")])
        session.add(user)
        await session.flush()
        user.best_id = 1
        await session.commit()


async def program():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        await session.refresh(user)
        print(posts[0].text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
