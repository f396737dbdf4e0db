import contextlib
from typing import Any

from advanced_alchemy.extensions.litestar import repository, service
from advanced_alchemy.service import SQLAlchemyAsyncRepositoryService
from fastapi import Depends
from fastapi_users import BaseUserManager, FastAPIUsers, IntegerIDMixin
from fastapi_users_db_sqlalchemy import SQLAlchemyUserDatabase
from fastcrud import FastCRUD
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.asyncio import AsyncSession


class Database(SQLAlchemy):
    pass


db = SQLAlchemy()
own = Database()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("user.id"))
    user = db.relationship("User", backref=db.backref("notes", lazy="dynamic"))


def by_flask():
    db.session.refresh(db.get_or_404(Note, 1))  #: Note
    db.session.refresh(db.one_or_404(db.select(Note)))  #: Note
    db.session.refresh(db.first_or_404(db.select(Note)))  #: Note
    for note in db.paginate(db.select(Note)):
        db.session.refresh(note)  #: Note
    for note in Note.query.paginate(page=1).items:
        db.session.refresh(note)  #: Note
    db.session.refresh(User().notes.first())  #: Note
    one = own.session.get(Note, 1)
    own.session.refresh(one)  #: Note


class Notes(repository.SQLAlchemyAsyncRepository[Note]):
    model_type = Note


class NoteService(service.SQLAlchemyAsyncRepositoryService[Note]):
    repository_type = Notes

    async def own(self):
        await self.repository.session.refresh(await self.get(1))  #: Note


class BareService(SQLAlchemyAsyncRepositoryService):
    repository_type = Notes


async def by_alchemy(session: AsyncSession, notes: NoteService, bare: BareService):
    await session.refresh(await notes.create({}))  #: Note
    found, is_new = await notes.get_or_upsert(id=1)
    await session.refresh(found)  #: Note
    await session.refresh(await bare.get(1))  #: Note
    async with NoteService.new(session=session) as made:
        await session.refresh(await made.update({}))  #: Note
    given = repository.SQLAlchemyAsyncRepository[User](session=session)
    await session.refresh(await given.get_one(id=1))  #: User


class Manager(IntegerIDMixin, BaseUserManager[User, int]):
    async def after(self, user: User):
        await self.user_db.session.refresh(await self.get(user.id))  #: User


async def user_database(session: AsyncSession):
    yield SQLAlchemyUserDatabase(session, User)


async def user_manager(database=Depends(user_database)):
    yield Manager(database)


users = FastAPIUsers[User, int](user_manager, [])
current = users.current_user(active=True)
managing = contextlib.asynccontextmanager(user_manager)


async def by_fastapi_users(session: AsyncSession, user=Depends(current), database=Depends(user_database)):
    await session.refresh(user)  #: User
    await session.refresh(await database.get_by_email("a"))  #: User
    async with managing(database) as manager:
        await session.refresh(await manager.create({}))  #: User


kept = FastCRUD(Note)
Kept = FastCRUD[User, Any, Any, Any, Any, Any]


async def by_fastcrud(session: AsyncSession):
    await session.refresh(await kept.create(session, None))  #: Note
    await session.refresh(await Kept(User).create(session, None))  #: User
