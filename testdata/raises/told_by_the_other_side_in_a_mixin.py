import asyncio

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite://")
maker = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["Post"]] = relationship(back_populates="user", cascade="all")


class OfUser:
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    @declared_attr
    def user(cls) -> Mapped[User]:
        return relationship("User", back_populates="posts")


class Post(OfUser, Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def program():
    async with maker() as session:
        user = User()
        session.add(user)
        post = Post(text="p", user=user)
        session.add(post)
        await session.commit()
        await session.refresh(user)
        print(post.text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await program()


asyncio.run(main())
