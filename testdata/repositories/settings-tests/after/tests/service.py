from sqlalchemy.ext.asyncio import AsyncSession


async def moved(session: AsyncSession, parcel):
    await session.refresh(parcel)
