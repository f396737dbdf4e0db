import asyncio
import itertools
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from typing import Awaitable, Callable, NamedTuple, Optional, TypedDict

from sqlalchemy.orm import Session

from models import Base, Order, User


def filled_later(session: Session):
    by_id = dict()
    by_id[1] = User()
    session.refresh(by_id[1])  #: User
    ordered = OrderedDict()
    ordered["a"] = Order()
    session.refresh(ordered["a"])  #: Order
    lists = defaultdict(list)
    lists["a"].append(User())
    session.refresh(lists["a"][0])  #: User
    for users in lists.values():
        session.refresh(users[0])  #: User
    groups = {}
    groups.setdefault("a", []).append(Order())
    session.refresh(groups["a"][0])  #: Order
    made = defaultdict(User)
    session.refresh(made["a"])  #: User
    waiting = deque([User()])
    waiting.append(User())
    session.refresh(waiting.popleft())  #: User
    pairs = dict([("a", Order())])
    session.refresh(pairs["a"])  #: Order
    named = dict(user=User())
    session.refresh(named["user"])  #: User
    session.refresh(waiting.somewhere())  #: ?


class Keeper:
    def __init__(self, session: Session):
        self.session = session
        self.users = []
        self.orders = {}

    def keep(self, user: User):
        self.users.append(user)
        self.orders[user.id] = Order()

    def refresh(self):
        self.session.refresh(self.users[0])  #: User
        for order in self.orders.values():
            self.session.refresh(order)  #: Order


class Both(NamedTuple):
    user: User
    order: Optional[Order] = None


class Named(TypedDict):
    user: User


@dataclass
class Held:
    make: Callable[[], User]
    orders: list[Order] = field(default_factory=list)


def fields(session: Session, both: Both, named: Named, held: Held):
    session.refresh(both.user)  #: User
    session.refresh(both[1])  #: Order
    session.refresh(both[-2])  #: User
    user, order = both
    session.refresh(order)  #: Order
    session.refresh(named["user"])  #: User
    session.refresh(named.get("user"))  #: User
    session.refresh(held.make())  #: User
    session.refresh(held.orders[0])  #: Order
    last = (User(), Order())[-1]
    session.refresh(last)  #: Order


async def load(session: Session) -> User:
    return session.get(User, 1)


async def awaited(session: Session, loader: Callable[[int], Awaitable[Order]]):
    session.refresh(await loader(1))  #: Order
    task = asyncio.create_task(load(session))
    session.refresh(await task)  #: User
    session.refresh(task.result())  #: User
    async with asyncio.TaskGroup() as group:
        one = group.create_task(load(session))
    session.refresh(one.result())  #: User
    first, second = await asyncio.gather(one, loader(2))
    session.refresh(first)  #: User
    session.refresh(second)  #: Order
    all_of_them = await asyncio.gather(*[load(session) for _ in range(2)])
    session.refresh(all_of_them[0])  #: User
    session.refresh(asyncio.run(load(session)))  #: User


def tested(session: Session, one_or_more: "User | list[Order]", base: Base, user: "User | Order"):
    if isinstance(one_or_more, list):
        session.refresh(one_or_more[0])  #: Order
    else:
        session.refresh(one_or_more)  #: User
    if type(base) is User:
        session.refresh(base)  #: User
    if isinstance(user, User | Order):
        session.refresh(user)  #: Order | User
    if isinstance(user, Order):
        return
    session.refresh(user)  #: User


def replaced(session: Session, found: "User | Order"):
    if not isinstance(found, User):
        found = session.get(User, 1)
    session.refresh(found)  #: User


def iterated(session: Session, users: list[User], orders: list[Order]):
    for user in itertools.chain.from_iterable([users]):
        session.refresh(user)  #: User
    for order in itertools.islice(orders, 3):
        session.refresh(order)  #: Order
    for user, order in itertools.product(users, orders):
        session.refresh(order)  #: Order
    for first, second in itertools.pairwise(users):
        session.refresh(second)  #: User


def nested(users: list[User]):
    yield from users
    yield Order()


def from_others(session: Session, users: list[User]):
    for one in nested(users):
        session.refresh(one)  #: Order | User
