import asyncio

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["Post"]] = relationship(cascade="all")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


def text_of(post: Post, loaded: User):
    return post.text


async def reloaded(session, user: User):
    await session.refresh(user)
    return user


async def program():
    async with maker() as session:
        user = User(posts=[Post(text="p")])
        session.add(user)
        await session.commit()
        post = user.posts[0]
        return text_of(post, await reloaded(session, user))


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await program()


asyncio.run(main())
