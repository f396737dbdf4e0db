"""The constructor has another name here, and no columns stand beside it."""

from sqlalchemy.orm import (
    Session, relationship as rel,
)

from models import Order, User

User.orders = rel("Order", backref="user", foreign_keys=[Order.user_id])


def reload(session: Session, order: Order):
    session.refresh(order.user)  #: User
    session.refresh(order.payer)  #: User
    session.refresh(order.nobody)  #: ?
