from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased, joinedload, sessionmaker

from . import models
from .models import Admin, Item, Order, Profile, User

Factory = sessionmaker()


def constructors(session: Session, on):
    user = User()
    session.refresh(user)  #: User
    session.merge(models.Order())  #: Order
    named = User.named("a")
    session.refresh(named)  #: User
    either = User() if on else Order()
    session.refresh(either)  #: Order | User
    alias = user
    session.refresh(alias)  #: User
    if (found := session.get(Profile, 1)) is not None:
        session.refresh(found)  #: Profile
    session.refresh(on and user)  #: User
    session.refresh(session.get(User, 1) or Admin())  #: Admin | User
    session.refresh({})  #: ?


def loaded(session: Session):
    session.refresh(session.get_one(User, 1))  #: User
    merged = session.merge(Order())  #: Order
    session.refresh(merged)  #: Order
    session.refresh(session.query(User).filter_by(id=1).options(joinedload(User.orders)).first())  #: User
    for order in session.query(Order):
        session.refresh(order)  #: Order
    for user, order in session.query(User, Order).all():
        session.refresh(user)  #: User
        session.refresh(order)  #: Order
    statement = select(User).where(User.id == 1).limit(1)
    session.refresh(session.execute(statement).scalar_one())  #: User
    session.refresh(session.execute(statement).scalars().unique().first())  #: User
    session.refresh(session.scalars(statement).one_or_none())  #: User
    session.refresh(session.scalar(statement))  #: User
    session.refresh(session.execute(select(User, Order)).first()[1])  #: Order
    session.refresh(session.scalars(update(Item).returning(Item)).one())  #: Item
    row = session.execute(select(User, Order.id)).one()
    session.refresh(row[0])  #: User
    other = aliased(User)
    session.refresh(session.scalars(select(other)).first())  #: User
    users = list(session.scalars(statement).all())
    session.refresh(users[0])  #: User
    session.refresh(next(iter(users)))  #: User
    [session.refresh(one) for one in users]  #: User
    first, *others = users
    session.refresh(first)  #: User
    session.refresh(others[0])  #: User
    by_id = {user.id: user for user in users}
    session.refresh(by_id[1])  #: User
    session.refresh(by_id.get(2))  #: User


def related(session: Session, user: User, order: Order):
    session.refresh(user.orders[0])  #: Order
    session.refresh(user.profile)  #: Profile
    session.refresh(user.last_order)  #: Order
    session.refresh(order.user)  #: User
    for item in order.items:
        session.refresh(item)  #: Item
    session.refresh(order.user.profile)  #: Profile
    session.refresh(order.items[0].order.user)  #: User
    session.expire(user, ["orders"])  #: User


def put_together(session: Session):
    kept = []
    for user in session.scalars(select(User)):
        kept.append(user)
    for one in kept:
        session.refresh(one)  #: User
    by_name = {}
    by_name["a"] = Order()
    session.refresh(by_name["a"])  #: Order


def assigned_again(session: Session, on):
    found = Order()
    if on:
        found = User()
        session.refresh(found)  #: User
    elif on is None:
        return
    else:
        found = Item()
    session.refresh(found)  #: Item | User
    found = Profile()
    session.refresh(found)  #: Profile
    while on:
        session.refresh(found)  #: Admin | Profile
        found = Admin()
    try:
        made = Order()
    except ValueError:
        made = None
    session.refresh(made)  #: Order


def tested(session: Session, thing: "User | Order", other):
    if isinstance(thing, User):
        session.refresh(thing)  #: User
    else:
        session.refresh(thing)  #: Order
    if not isinstance(other, (Order, Item)):
        raise TypeError
    session.refresh(other)  #: Item | Order
    match other:
        case Item() as item:
            session.refresh(item)  #: Item
        case Order():
            session.refresh(other)  #: Order


def make_user():
    return User()


def several():
    yield Order()


async def load(session, class_=User):
    return await session.get(User, 1)


def pair(session):
    return session.get(User, 1), Order()


@contextmanager
def scope():
    session = Factory()
    yield session


@asynccontextmanager
async def held(session):
    yield await load(session)


async def by_functions(session: Session):
    session.refresh(make_user())  #: User
    for one in several():
        session.refresh(one)  #: Order
    session.refresh(await load(session))  #: User
    user, order = pair(session)
    session.refresh(user)  #: User
    session.refresh(order)  #: Order
    with scope() as inner, Factory.begin() as other:
        inner.refresh(make_user())  #: User
        other.expunge(order)  #: Order
    async with held(session) as one:
        session.refresh(one)  #: User
    make = lambda: Item()
    session.refresh(make())  #: Item


def no_session(client, redis):
    client.refresh(User())  #: User | ?
    redis.expire("key", 10)
    client.session.expire_all()
