from typing import Annotated

import httpx
import pytest
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from fastapi import Depends
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import Field, Session, SQLModel, select

db = SQLAlchemy()
maker = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)


class HeroCreate(SQLModel):
    name: str


class Notes(SQLAlchemyAsyncRepository[Note]):
    model_type = Note


async def get_session():
    async with maker() as session:
        yield session


async def current_hero(session: AsyncSession = Depends(get_session)):
    return await session.get(Hero, 1)


SessionDep = Annotated[AsyncSession, Depends(get_session)]
CurrentHero = Annotated[Hero, Depends(current_hero)]


async def endpoint(session: SessionDep, hero: CurrentHero, given: HeroCreate, other=Depends(current_hero)):
    await session.refresh(hero)  #: Hero
    await session.refresh(other)  #: Hero
    made = Hero.model_validate(given)
    await session.refresh(made)  #: Hero


def by_sqlmodel(engine):
    with Session(engine) as session:
        hero = session.exec(select(Hero).where(Hero.id == 1)).one()
        session.refresh(hero)  #: Hero
        for hero in session.exec(select(Hero)).all():
            session.refresh(hero)  #: Hero
        for hero, note in session.exec(select(Hero, Note)):
            session.refresh(note)  #: Note


def by_flask():
    note = Note.query.filter_by(id=1).first_or_404()
    db.session.refresh(note)  #: Note
    db.session.refresh(db.session.execute(db.select(Note)).scalar_one())  #: Note


async def by_repository(notes: Notes, session: AsyncSession):
    await session.refresh(await notes.add(Note()))  #: Note
    await session.refresh(await notes.get_one(id=1))  #: Note
    found, count = await notes.list_and_count()
    await session.refresh(found[0])  #: Note


@pytest.fixture
def hero(session: Session) -> Hero:
    return session.get(Hero, 1)


@pytest.fixture
async def held():
    yield Note()


def test_hero(session: Session, hero, held):
    session.refresh(hero)  #: Hero
    session.expunge(held)  #: Note


async def other_clients(client: httpx.AsyncClient):
    await client.refresh(Hero())
