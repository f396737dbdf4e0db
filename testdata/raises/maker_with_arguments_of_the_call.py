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
    posts: Mapped[list["Post"]] = relationship(cascade="all")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    user_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user.id"))


async def fill():
    async with maker() as session:
        session.add(User(id=1, name="n", posts=[Post(id=1, text="p")]))
        await session.commit()


async def program():
    async with maker(autoflush=False) as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = Post(text="new")
        user.posts.append(post)
        print((await session.scalars(select(User.id))).all())
        await session.refresh(user)
        print(post.text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
