"""Functions that refresh or expire objects that they made: SQLAlchemy is asked which others each expires."""

import logging

import models
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


def committed(session: Session):
    user = models.User(kind="user")
    session.add(user)
    session.commit()
    session.refresh(user)


def flushed(session: Session):
    post = models.Post(author_id=1)
    session.add_all([post])
    session.flush()
    logging.info("made %s", post.id)
    session.expire(post)


async def of_a_coroutine(session: AsyncSession):
    user = models.User(kind="user")
    session.add(user)
    await session.commit()
    await session.refresh(user)


def beside_others(session: Session):
    user = models.User(kind="user")
    session.add(user)
    session.flush()
    for _ in "ab":
        post = models.Post(author_id=user.id)
        session.add(post)
    session.commit()
    session.refresh(user)


def in_a_loop(session: Session):
    for _ in range(2):
        post = models.Post()
        with session.begin_nested():
            session.add(post)
        if post.id:
            session.refresh(post)


def of_a_subclass(session: Session):
    admin = models.Admin()
    admin.kind = "admin"
    session.add(admin)
    session.commit()
    session.refresh(admin)


def with_an_argument(session: Session):
    user = models.User(kind="user", posts=[models.Post()])
    session.add(user)
    session.flush()
    session.refresh(user)


def with_arguments_of_a_dictionary(session: Session):
    given = {"kind": "user", "posts": [models.Post()]}
    user = models.User(**given)
    session.add(user)
    session.flush()
    session.refresh(user)


def appended(session: Session):
    user = models.User(kind="user")
    session.add(user)
    user.posts.append(models.Post())
    session.flush()
    session.refresh(user)


def from_the_other_side(session: Session):
    user = models.User(kind="user")
    session.add(user)
    models.Post(author=user)
    session.flush()
    session.refresh(user)


def by_another_name(session: Session):
    user = models.User(kind="user")
    other = user
    session.add(user)
    other.posts.append(models.Post())
    session.flush()
    session.refresh(user)


def by_a_function(session: Session):
    user = models.User(kind="user")
    session.add(user)
    fill(user)
    session.flush()
    session.refresh(user)


def fill(user):
    user.posts.append(models.Post())


def by_a_query(session: Session):
    user = models.User(kind="user")
    session.add(user)
    session.flush()
    session.add(models.Post(author_id=user.id))
    session.flush()
    [post.comments for post in session.query(models.User).one().posts]
    session.refresh(user)


def a_second_time(session: Session):
    user = models.User(kind="user")
    session.add(user)
    for _ in range(2):
        session.flush()
        session.refresh(user)
        user.posts.append(models.Post())


def bound_twice(session: Session):
    session.add(models.User(kind="user", posts=[models.Post()]))
    session.commit()
    user = session.query(models.User).one()
    user.posts[0].comments
    if user.kind == "nobody":
        user = models.User(kind="user")
    session.refresh(user)


def by_its_name(session: Session):
    user = models.User(kind="user")
    session.add(user)
    setattr(user, "address", models.Address())
    session.flush()
    session.refresh(user)


def in_a_closure(session: Session):
    user = models.User(kind="user")
    session.add(user)

    def later():
        session.flush()
        session.refresh(user)

    user.posts.append(models.Post())
    later()
