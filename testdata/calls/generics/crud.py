from typing import Generic, Optional, Type, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)


ModelType = TypeVar("ModelType", bound=Base)
Given = TypeVar("Given")
T = TypeVar("T")


class CRUDBase(Generic[ModelType, Given]):
    def __init__(self, model: Type[ModelType]):
        self.model = model

    async def get(self, session: AsyncSession, id: int) -> Optional[ModelType]:
        return await session.get(self.model, id)

    async def create(self, session: AsyncSession, given: Given):
        made = self.model(**given)
        await session.refresh(made)  #: ?
        return made

    async def all(self, session: AsyncSession) -> list[ModelType]:
        return list(await session.scalars(select(self.model)))


class CRUDUser(CRUDBase[User, dict]):
    async def get_first(self, session: AsyncSession):
        found = await self.all(session)
        await session.refresh(found[0])  #: User
        again = await super().get(session, 1)
        await session.refresh(again)  #: User


class Orders[Model: Base]:
    async def one(self) -> Model: ...


class OwnOrders(Orders[Order]):
    pass


users = CRUDUser(User)
orders = CRUDBase(Order)


def same(one: T) -> T:
    return one


def made(class_: type[T]) -> T:
    return class_()


async def use(session: AsyncSession):
    await session.refresh(await users.get(session, 1))  #: User
    await session.refresh(await users.create(session, {}))  #: User
    await session.refresh(await orders.get(session, 1))  #: Order
    await session.refresh(await OwnOrders().one())  #: Order
    await session.refresh(same(User()))  #: User
    await session.refresh(made(Order))  #: Order
