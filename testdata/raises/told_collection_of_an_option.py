import asyncio

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list["Tag"]] = relationship(cascade="all, delete-orphan")


class Comment(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    post: Mapped["Post"] = relationship(cascade="all")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))


async def fill():
    async with maker() as session:
        session.add(Post(tags=[Tag(name="first")]))
        await session.commit()


async def program():
    async with maker() as session:
        post = (await session.scalars(select(Post).options(selectinload(Post.tags)))).one()
        comment = Comment(text="new", post=post)
        session.add(comment)
        await session.commit()
        await session.refresh(comment)
        print([tag.name for tag in post.tags])


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await program()


asyncio.run(main())
