from typing import Iterable, Tuple

import models
from models import Order, User
from sqlalchemy import Result, Row, ScalarResult, func, select
from sqlalchemy.orm import Query, Session


def by_name(session: Session):
    for row in session.execute(select(User, Order)):
        session.refresh(row.User)  #: User
        session.refresh(row.Order)  #: Order
        session.refresh(row._mapping["Order"])  #: Order
        session.refresh(row.total)  #: ?
    row = session.query(User, Order).first()
    session.refresh(row.Order)  #: Order
    user, order = row._tuple()
    session.refresh(order)  #: Order
    mapping = session.execute(select(User, Order)).mappings().one()
    session.refresh(mapping["User"])  #: User
    session.refresh(mapping[models.Order])  #: Order
    for user, count in session.execute(select(User, func.count())).tuples():
        session.refresh(user)  #: User
    for (user,) in session.execute(select(User)):
        session.refresh(user)  #: User


def annotated(
    session: Session,
    rows: Iterable[Row[Tuple[User, int]]],
    row: "Row[Tuple[Order, User]]",
    result: Result[Tuple[User]],
    users: ScalarResult[User],
    query: "Query[Order]",
    bare: Row,
):
    for user, number in rows:
        session.refresh(user)  #: User
    session.refresh(row.User)  #: User
    session.refresh(row[0])  #: Order
    session.refresh(result.scalar_one())  #: User
    session.refresh(users.first())  #: User
    session.refresh(query.filter_by(id=1).first())  #: Order
    session.refresh(bare[0])  #: ?


def what_a_session_holds(session: Session):
    for one in session:
        session.expunge(one)  #: ?
    for one in list(session.new):
        session.expunge(one)  #: ?
    session.refresh(session.scalars(select(models)).one())  #: ?
