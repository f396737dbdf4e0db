import pytest
from sqlalchemy.ext.asyncio import AsyncSession


@pytest.fixture
def detached(session: AsyncSession, parcel):
    session.expunge(parcel)
    return parcel
