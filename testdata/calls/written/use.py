"""Kinds of code that were read wrongly: a type checker knows better."""

import dataclasses
from typing import Annotated

from elsewhere.models import Other
from elsewhere import database
from elsewhere.database import Session as DBSession
from sqlalchemy import Select, select
from sqlalchemy.orm import Query, Session, aliased

from models import Item, Label, Order, Tag, User


def of_another_library(session):
    session.refresh(session.query(Other).one())  #: ?
    session.refresh(session.query(Other).one().owner)  #: ?
    session.refresh(session.scalars(select(Other)).first())  #: ?
    session.refresh(session.execute(select(Other)).scalar_one())  #: ?
    session.refresh(session.query(aliased(Other)).first())  #: ?
    session.refresh(session.query(Other.id, User).one()[1])  #: User
    session.refresh(session.query(Other).one() or User())  #: User | ?
    for other in session.query(Other):
        session.expire(other)  #: ?


def sessions_of_others():
    database.session.refresh(database.session.query(User).first())  #: User
    database.db.session.refresh(database.db.session.get(User, 1))  #: User
    database.db.session.refresh(database.db.session.execute(select(User)).scalars().first())  #: User
    DBSession.refresh(DBSession.query(User).first())  #: User
    DBSession().refresh(DBSession().query(User).first())  #: User


def sets(session: Session):
    for gone in set(session.query(User)) - set(session.query(Order)):
        session.expunge(gone)  #: User
    for both in set(session.query(User)) & set(session.query(Item)):
        session.expunge(both)  #: User
    for one in set(session.query(User)) | set(session.query(Item)):
        session.expunge(one)  #: Item | User


def first_of(query: Query, count):
    return query.limit(count)


def limited(statement: Select) -> Select:
    return statement.limit(1)


def bare(session: Session):
    session.refresh(first_of(session.query(User), 1).first())  #: User
    session.refresh(session.scalars(limited(select(Order))).one())  #: Order


def queries(session: Session):
    session.refresh(Query(User, session).first())  #: User
    session.refresh(Query([User]).with_session(session).one())  #: User


def comments(
    session: Session,
    one: Annotated[  # why
        User, "a user"
    ],
    several: list[  # of them
        Order
    ],
):
    session.refresh(one)  #: User
    session.refresh(several[0])  #: Order


def made(session: Session, values):
    session.merge(Order.from_dict(values))  #: Order
    session.refresh(Tag.query.first())  #: Tag
    session.refresh(Label())  #: Label


@dataclasses.dataclass
class View(object):
    model: type

    def save(self, session: Session):
        session.add(self.model())
        session.refresh(self.model())  #: ?


def splats(session: Session):
    for one in [*session.query(User)]:
        session.expunge(one)  #: User
    first, *others = *session.query(Order).all(), *session.query(Item)
    session.expunge(others[0])  #: Item | Order
