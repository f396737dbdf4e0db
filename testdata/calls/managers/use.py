import contextlib
from contextlib import asynccontextmanager as actxmgr

import retrying
from models import User
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

maker = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))
acm = contextlib.asynccontextmanager


@actxmgr
async def begun():
    async with maker() as conn:
        yield conn


@acm
async def begun_again():
    async with maker() as conn:
        yield conn


@retrying.manager
async def retried():
    async with maker() as conn:
        yield conn


async def use(user: User):
    async with begun() as tx:
        await tx.refresh(user)  #: User
    async with begun_again() as tx:
        await tx.refresh(user)  #: User
    async with retried() as tx:
        await tx.refresh(user)  #: User
