from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import Queue
from collections.abc import AsyncIterator
from contextvars import ContextVar
from functools import wraps
from typing import NewType, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from models import Post, User

Author = NewType("Author", User)
T = TypeVar("T")
last = None
current: ContextVar[User] = ContextVar("current")


class Conflict(Exception):
    def __init__(self, user: User):
        self.user = user


class Loader(ABC):
    @abstractmethod
    def load(self): ...

    def first(self, session: Session):
        return session.get(User, 1)

    def use(self, session: Session):
        session.refresh(self.load())  #: Post | ?
        session.refresh(self.first(session))  #: Post | User


class PostLoader(Loader):
    def load(self):
        return Post()

    def first(self, session: Session):
        return session.get(Post, 1)


class OwnSession(AsyncSession):
    async def save(self, user: User):
        await self.refresh(user)  #: User
        await super().refresh(user)  #: User


class Pair:
    def __init__(self, user: User, post: Post):
        self.user = user
        self.post = post

    def __or__(self, other):
        return self.post


def replaced(function):
    @wraps(function)
    def instead(session):
        function(session)
        return session.get(Post, 1)

    return instead


def kept(function):
    @wraps(function)
    def around(session):
        found = function(session)
        return found

    return around


@replaced
def load_replaced(session: Session):
    return session.get(User, 1)


@kept
def load_kept(session: Session):
    return session.get(User, 1)


def first_of(one: T | None, other: T) -> T:
    return one or other


def bound_inside(session: Session):
    found = None

    def find():
        nonlocal found
        found = session.get(User, 1)

    find()
    session.refresh(found)  #: User


def bound_inside_over_lines(session: Session):
    found = other = None

    def find():
        nonlocal	other, \
            found
        found = session.get(User, 1)

    find()
    session.refresh(found)  #: User


def set_last(session: Session):
    global last
    last = session.get(Post, 1)


def use_last(session: Session):
    session.refresh(last)  #: Post


def nothing_else(session: Session):
    nothing = None
    session.refresh(nothing)  #: ?


def caught(session: Session):
    try:
        pass
    except Conflict as conflict:
        session.refresh(conflict.user)  #: User


def told(session: Session, author: Author, anything: object, either: User | object):
    session.refresh(author)  #: User
    session.refresh(anything)  #: ?
    session.refresh(either)  #: User | ?
    session.refresh(Pair(author, Post()) | 1)  #: Post
    session.refresh(load_replaced(session))  #: ?
    session.refresh(load_kept(session))  #: User
    session.refresh(first_of(User(), Post()))  #: Post | User
    rows = session.execute(select(User, Post))
    session.refresh(rows.scalars(1).one())  #: Post
    match anything:
        case (User() as one) | (Post() as one):
            session.refresh(one)  #: Post | User
        case Pair(user=inner):
            session.refresh(inner)  #: ?


async def run(session: AsyncSession, user: User):
    await session.run_sync(lambda taken: taken.refresh(user))  #: User


async def held(session: AsyncSession, queue: Queue[Post], posts: AsyncIterator[Post]):
    await session.refresh(current.get())  #: User
    await session.refresh(await queue.get())  #: Post
    await session.refresh(await anext(posts))  #: Post
