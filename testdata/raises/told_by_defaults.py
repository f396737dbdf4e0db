import asyncio

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite://")
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
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


async def fill():
    async with maker() as session:
        session.add(User(id=1, name="n", posts=[Post(id=1, text="p")]))
        await session.commit()


async def renew(session, user, mode="full"):
    if mode == "full":
        await session.refresh(user)


async def program():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew(session, user)
        print(post.text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
