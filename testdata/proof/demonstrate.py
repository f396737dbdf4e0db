"""Shows what the models in `app` do with a session of asyncio: one line of JSON for each thing tried.

python demonstrate.py URL
"""

import asyncio
import json
import sys
import warnings

from app.models import Base, Post, User
from sqlalchemy import exc, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import selectinload, sessionmaker


async def refresh_and_read(session):
    """refresh(user), then read a post that was loaded"""
    user = User(name="two", posts=[Post(title="loaded")])
    session.add(user)
    await session.commit()
    post = user.posts[0]
    await session.refresh(user)
    return "reads " + post.title


async def refresh_with_dirty(session):
    """refresh(user) beside an unsaved change of a post, then commit"""
    user = await loaded(session)
    user.posts[0].title = "changed"
    with session.no_autoflush:
        await session.refresh(user)
    await session.commit()
    return "the change is " + ("saved" if "changed" in await titles(session) else "thrown away")


async def refresh_with_pending(session):
    """refresh(user) beside a new post, then commit"""
    user = await loaded(session)
    user.posts.append(Post(title="new"))
    with session.no_autoflush:
        await session.refresh(user)
    await session.commit()
    return "the post is " + ("inserted" if "new" in await titles(session) else "lost")


async def add_through_relationship(session):
    """user.posts.append(Post()), then commit"""
    user = await loaded(session)
    user.posts.append(Post(title="new"))
    await session.commit()
    return "the post is " + ("inserted" if "new" in await titles(session) else "lost")


async def add_to_new_parent(session):
    """add(User(posts=[Post()])), then commit"""
    session.add(User(name="new", posts=[Post(title="new")]))
    await session.commit()
    return "the post is " + ("inserted" if "new" in await titles(session) else "lost")


async def delete_parent(session):
    """delete(user), then commit"""
    user = await loaded(session)
    await session.delete(user)
    await session.commit()
    return "%d posts are left" % len(await titles(session))


async def remove_from_collection(session):
    """remove a post from user.posts, then commit"""
    user = await loaded(session)
    user.posts.remove(user.posts[0])
    await session.commit()
    return "%d post is left" % len(await titles(session))


TRIED = [
    refresh_and_read,
    refresh_with_dirty,
    refresh_with_pending,
    add_through_relationship,
    add_to_new_parent,
    delete_parent,
    remove_from_collection,
]


async def loaded(session):
    user = (await session.execute(select(User).options(selectinload(User.posts)))).scalars().one()
    user.posts.sort(key=lambda post: post.id)
    return user


async def titles(session):
    session.expire_all()
    return list((await session.execute(select(Post.title))).scalars())


async def main(url):
    engine = create_async_engine(url)
    try:
        for what in TRIED:
            print(json.dumps(await tried(engine, what)), flush=True)
    finally:
        await engine.dispose()


async def tried(engine, what):
    make_session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with make_session() as session:
        session.add(User(name="one", posts=[Post(title="first"), Post(title="second")]))
        if not await titles(session):
            # a cascade without save-update leaves them out
            author = (await session.execute(select(User))).scalars().one()
            session.add_all([Post(title=title, author_id=author.id) for title in ("first", "second")])
        await session.commit()
    async with make_session() as session:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = await what(session)
            except exc.SQLAlchemyError as error:
                # 2.1 wraps what is raised inside of aiosqlite
                result = type(getattr(error, "orig", None) or error).__name__
            await session.rollback()
    warned = sorted({str(warning.message) for warning in caught if issubclass(warning.category, exc.SAWarning)})
    return {"tried": what.__doc__, "result": result, "warnings": warned}


asyncio.run(main(sys.argv[1]))
