from sqlalchemy.ext.asyncio import AsyncSession


async def moved(session: AsyncSession, shelf):
    await session.commit()
    await session.refresh(shelf)
    return shelf
