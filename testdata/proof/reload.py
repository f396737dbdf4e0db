"""Shows when a read after `refresh(shelf)` or `expire(shelf)` raises: one line of JSON for each loader of the relationship and each way in which a book came.

python reload.py URL
"""

import asyncio
import json
import sys

from app.loaders import shelves
from sqlalchemy import exc, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import contains_eager, joinedload, selectinload, sessionmaker

LOADERS = ["select", "raise", "selectin", "joined", "subquery", "immediate"]


class Library:
    """A session, and a shelf with a book."""

    def __init__(self, session, lazy, Shelf, Book):
        self.session, self.lazy, self.Shelf, self.Book = session, lazy, Shelf, Book

    async def shelf(self, *options):
        return (await self.session.execute(select(self.Shelf).options(*options))).unique().scalars().one()

    async def constructor(self):
        """Shelf(books=[Book()])"""
        await self.session.delete(await self.shelf(selectinload(self.Shelf.books)))
        book = self.Book(title="new")
        shelf = self.Shelf(books=[book])
        self.session.add(shelf)
        await self.session.commit()
        return shelf, book

    async def relationship(self):
        """lazy= itself"""
        if self.lazy in ("select", "raise"):
            return None, None
        shelf = await self.shelf()
        return shelf, shelf.books[0]

    async def selectin(self):
        """selectinload()"""
        shelf = await self.shelf(selectinload(self.Shelf.books))
        return shelf, shelf.books[0]

    async def joined(self):
        """joinedload()"""
        shelf = await self.shelf(joinedload(self.Shelf.books))
        return shelf, shelf.books[0]

    async def contained(self):
        """join() with contains_eager()"""
        query = select(self.Shelf).join(self.Shelf.books).options(contains_eager(self.Shelf.books))
        shelf = (await self.session.execute(query)).unique().scalars().one()
        return shelf, shelf.books[0]

    async def awaited(self):
        """awaitable_attrs, or run_sync()"""
        if self.lazy == "raise":
            return None, None
        shelf = await self.shelf()
        if hasattr(shelf, "awaitable_attrs"):
            return shelf, (await shelf.awaitable_attrs.books)[0]
        return shelf, (await self.session.run_sync(lambda _: shelf.books))[0]

    async def named(self):
        """refresh(shelf, ["books"])"""
        shelf = await self.shelf()
        try:
            await self.session.refresh(shelf, ["books"])
        except exc.InvalidRequestError:
            # 1.4 loads no relationships like that
            return None, None
        return shelf, shelf.books[0]

    async def queried(self):
        """a query for books"""
        shelf = await self.shelf()
        return shelf, (await self.session.execute(select(self.Book))).scalars().one()


WAYS = [
    Library.constructor,
    Library.awaited,
    Library.named,
    Library.queried,
    Library.selectin,
    Library.joined,
    Library.contained,
    Library.relationship,
]


def tried(read):
    try:
        read()
    except exc.SQLAlchemyError as error:
        # 2.1 wraps what is raised inside of aiosqlite
        return type(getattr(error, "orig", None) or error).__name__
    return "reads"


async def main(url):
    engine = create_async_engine(url)
    make_session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    try:
        for lazy in LOADERS:
            for way in WAYS:
                Base, Shelf, Book = shelves(lazy)
                async with engine.begin() as connection:
                    await connection.run_sync(Base.metadata.drop_all)
                    await connection.run_sync(Base.metadata.create_all)
                async with make_session() as session:
                    session.add_all([Shelf(id=1), Book(title="first", shelf_id=1)])
                    await session.commit()
                async with make_session() as session:
                    shelf, book = await way(Library(session, lazy, Shelf, Book))
                    if shelf is None:
                        continue
                    await session.refresh(shelf)
                    shown = {"child": tried(lambda: book.title), "collection": tried(lambda: shelf.books[0])}
                async with make_session() as session:
                    shelf, book = await way(Library(session, lazy, Shelf, Book))
                    session.expire(shelf)
                    shown["child_after_expire"] = tried(lambda: book.title)
                print(json.dumps({"lazy": lazy, "loaded_by": way.__doc__, **shown}), flush=True)
    finally:
        await engine.dispose()


asyncio.run(main(sys.argv[1]))
