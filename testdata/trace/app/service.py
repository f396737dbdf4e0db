import asyncio
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app.models import Base, Note, Post, User


@asynccontextmanager
async def database():
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session
    await engine.dispose()


async def rename(session, user, name):
    user.name = name
    await session.commit()
    await session.refresh(user)
    return user


async def title_after_rename():
    async with database() as session:
        post = Post(title="first")
        user = User(name="one", posts=[post])
        session.add(user)
        await session.commit()
        await rename(session, user, "two")
        return post.title


async def text_after_refresh():
    async with database() as session:
        note = Note(text="kept")
        post = Post(title="first", notes=[note])
        session.add(User(name="one", posts=[post]))
        await session.commit()
        await session.refresh(post)
        return await session.run_sync(lambda _: note.text)


def run(what):
    return asyncio.run(what())
