from typing import TYPE_CHECKING, Annotated, Any, Dict, Optional, Sequence, Union

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from .models import Order, Profile, User

Owner = Annotated["User", "the owner"]
Either = Union["User", "Order"]
type Single = "User"


async def parameters(
    session: AsyncSession,
    user: "User",
    maybe: Optional["User"],
    either: "User | Order",
    named: Either,
    single: Single,
    owner: Owner,
    anything: Any,
    bare,
    orders: "Sequence[Order]",
    by_name: "Dict[str, Profile]",
    *rest: "Order",
    **others: "Profile",
):
    await session.refresh(user)  #: User
    await session.refresh(maybe)  #: User
    await session.refresh(either)  #: Order | User
    await session.refresh(named)  #: Order | User
    await session.refresh(single)  #: User
    await session.refresh(owner)  #: User
    await session.refresh(anything)  #: ?
    await session.refresh(bare)  #: ?
    await session.refresh(orders[0])  #: Order
    await session.refresh(by_name["a"])  #: Profile
    await session.refresh(rest[0])  #: Order
    await session.refresh(others["one"])  #: Profile
    for order in orders:
        session.expunge(order)  #: Order
    for name, profile in by_name.items():
        session.expunge(profile)  #: Profile


class Keeper:
    current: "User"

    def __init__(self, session: Session, order: "Order"):
        self.session = session
        self.order = order
        self.last: "Profile | None" = None

    def keep(self):
        self.session.refresh(self.current)  #: User
        self.session.refresh(self.order)  #: Order
        self.session.refresh(self.last)  #: Profile
        self.session.refresh(self.missing)  #: ?


def declared(session: Session, load):
    user: "User" = load()
    session.refresh(user)  #: User
    order: "Order"
    order = load()
    session.refresh(order)  #: Order
