import asyncio
from typing import TYPE_CHECKING

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


RELOAD = False


async def renew(session, user, *, is_wanted: bool = False):
    if is_wanted:
        await session.refresh(user)


async def renew_unless(session, user, skip=True):
    if not skip:
        await session.refresh(user)


async def renew_wanted(session, user, is_wanted=True):
    if is_wanted:
        await session.refresh(user)


async def renew_by_mode(session, user, mode="fast"):
    if mode == "full":
        await session.refresh(user)


async def renew_early(session, user, wanted=None):
    if wanted is None:
        return
    await session.refresh(user)


async def renew_with(session, user, **options):
    if options.get("deep"):
        await session.refresh(user)


async def renew_and_load(session, user, with_posts: bool = True):
    await session.refresh(user)
    if with_posts:
        await session.refresh(user, ["posts"])


class Users:
    renews = False

    async def renew(self, session, user):
        if self.renews:
            await session.refresh(user)


async def default_flag():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew(session, user)
        print(post.text)


async def default_that_is_not():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew_unless(session, user)
        print(post.text)


async def literal_that_is_given():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew_by_mode(session, user, "fast")
        print(post.text)


async def default_that_is_none():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew_early(session, user)
        print(post.text)


async def what_is_splatted():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew_with(session, user)
        print(post.text)


async def default_that_loads():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew_and_load(session, user)
        print(post.text)


async def attribute_of_a_class():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await Users().renew(session, user)
        print(post.text)


async def default_that_is_not_taken(flag):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await renew_wanted(session, user, flag)
        if not flag:
            print(post.text)


async def constant_of_the_module():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        if RELOAD:
            await session.refresh(user)
        print(post.text)


async def read_of_a_type_checker():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        post = user.posts[0]
        await session.refresh(user)
        if TYPE_CHECKING:
            print(post.text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await default_flag()
    await default_that_is_not()
    await literal_that_is_given()
    await default_that_is_none()
    await what_is_splatted()
    await default_that_loads()
    await attribute_of_a_class()
    await default_that_is_not_taken(True)
    await default_that_is_not_taken(False)
    await constant_of_the_module()
    await read_of_a_type_checker()


asyncio.run(main())
