import asyncio

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

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


DEBUG = True
QUIET = not DEBUG


def is_quiet():
    return QUIET


def check(mode):
    if mode != "renew":
        raise ValueError


async def loop_over_nothing(items):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        for _ in items:
            await session.refresh(user)
        if not items:
            print(posts[0].text)


async def loop_of_no_length(items):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        for _ in items:
            await session.refresh(user)
        if len(items) == 0:
            print(posts[0].text)


async def variables_of_the_module():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        if DEBUG:
            await session.refresh(user)
        if QUIET:
            print(posts[0].text)


async def function_that_is_given_nothing():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        if DEBUG:
            await session.refresh(user)
        if is_quiet():
            print(posts[0].text)


async def another_name_of_a_module():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        import sys as first

        if first.flags.debug:
            await session.refresh(user)
        import sys as second

        if not second.flags.debug:
            print(posts[0].text)


async def flag_that_was_set(mode):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        done = False
        try:
            check(mode)
            await session.refresh(user)
            done = True
        except ValueError:
            pass
        if not done:
            print(posts[0].text)


async def list_that_is_empty(flag):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        if posts or flag:
            return
        await session.refresh(user)
        print(posts[0].text)


async def list_that_is_not_empty(flag):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        if not (not posts):
            return
        await session.refresh(user)
        print(posts[0].text)


async def rounds_that_differ():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        post = posts[0]
        is_first, is_shown = True, True
        for _ in range(2):
            if is_first:
                is_first = False
                await session.refresh(user)
            else:
                await session.refresh(post)
        if is_shown:
            print(post.text)


async def loop_that_goes_on(is_quiet):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        post = posts[0]
        is_first = True
        while True:
            if is_first:
                is_first = False
                await session.refresh(user)
                continue
            await session.refresh(post)
            break
        if not is_quiet:
            print(post.text)


async def comprehension_of_nothing(items):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        if not items:
            await session.refresh(user)
        _ = [print(posts[0].text) for _ in items]


async def condition_about_the_loop(items):
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        await session.refresh(user)
        for _ in items:
            if not items:
                print(posts[0].text)


async def flag_that_is_not_none():
    async with maker() as session:
        user = (await session.scalars(select(User))).one()
        await session.refresh(user, ["posts"])
        posts = list(user.posts)
        mode = True
        await session.refresh(user)
        if mode is None:
            print(posts[0].text)


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await fill()
    await loop_over_nothing([])
    await loop_over_nothing([1])
    await loop_of_no_length([])
    await loop_of_no_length([1])
    await variables_of_the_module()
    await function_that_is_given_nothing()
    await another_name_of_a_module()
    await flag_that_was_set("renew")
    await flag_that_was_set("show")
    await list_that_is_empty(True)
    await list_that_is_empty(False)
    await list_that_is_not_empty(True)
    await rounds_that_differ()
    await loop_that_goes_on(False)
    await comprehension_of_nothing([])
    await comprehension_of_nothing([1])
    await condition_about_the_loop([])
    await condition_about_the_loop([1])
    await flag_that_is_not_none()


asyncio.run(main())
