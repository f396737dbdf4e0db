import contextlib
import typing

import elsewhere
from typing import AsyncGenerator, Callable, ContextManager

from elsewhere import db
from models import User
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, object_session, sessionmaker

Maker = sessionmaker()
maker = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


async def opened() -> AsyncGenerator[AsyncSession, None]:
    async with maker() as it:
        yield it


def entered():
    it = Maker()
    yield it


held = contextlib.asynccontextmanager(opened)
entering = contextlib.contextmanager(entered)


class Store:
    factory: Callable[..., Session]

    def __init__(self, open: Callable[[], ContextManager[Session]]):
        self.open = open

    def use(self):
        with self.factory() as one:
            one.refresh(User())  #: User
        with self.open() as other:
            other.refresh(User())  #: User


async def use(user: User):
    async with held() as one:
        await one.refresh(user)  #: User
    with entering() as two:
        two.refresh(user)  #: User
    three = object_session(user)
    three.refresh(user)  #: User


class Request:
    @kept_by_request
    def db_session(self) -> Session: ...

    def use(self, user: User):
        self.db_session.refresh(user)  #: User


class Work:
    def __enter__(self) -> typing.Self:
        self.session = Maker()
        return self

    def __exit__(self, *_): ...


def worked(user: User):
    with Work() as work:
        work.session.refresh(user)  #: User


def of_another_package(user: User):
    elsewhere.db.session.refresh(user)  #: User
    db.session.merge(user)  #: User
