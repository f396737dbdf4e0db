from sqlalchemy import select
from sqlalchemy.orm import Session

from . import User, load


def use(session: Session):
    session.refresh(User())  #: User
    session.refresh(session.scalars(select(User)).one())  #: User
    session.refresh(load(session))  #: User
