"""The hazard: refreshing the customer expires the order too, and reading the order's id raises MissingGreenlet."""

from .database import Session
from .models import Customer, Order


async def first_order(name: str) -> tuple[int, int]:
    async with Session() as session:
        customer = Customer(name=name)
        order = Order(customer=customer)
        session.add(customer)
        await session.commit()
        await session.refresh(customer)
        return customer.id, order.id
