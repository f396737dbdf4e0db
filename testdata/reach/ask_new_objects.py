"""Prints, for each function of new_objects.py, the classes of the objects that it has expired besides the one that it refreshes or expires."""

import asyncio
import inspect
import json

import models
import new_objects
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session


class Awaitable:
    """A session whose methods are awaited, as those of an `AsyncSession` are."""

    def __init__(self, session):
        self.session = session

    def add(self, obj):
        self.session.add(obj)

    async def commit(self):
        self.session.commit()

    async def refresh(self, obj):
        self.session.refresh(obj)


def expired(function):
    found, own = set(), []
    with Session(create_engine("sqlite://"), expire_on_commit=False) as session:
        models.Base.metadata.create_all(session.get_bind())
        for name in ("refresh", "expire"):
            method = getattr(session, name)
            setattr(session, name, lambda obj, method=method: (own.append(obj), method(obj)))

        def on_expire(obj, attributes):
            # what is refreshed is expired first of all
            if own and obj is not own[-1]:
                found.add(type(obj).__name__)

        event.listen(models.Base, "expire", on_expire, propagate=True)
        if inspect.iscoroutinefunction(function):
            asyncio.run(function(Awaitable(session)))
        else:
            function(session)
        event.remove(models.Base, "expire", on_expire)
    return sorted(found)


functions = [function for name, function in inspect.getmembers(new_objects, inspect.isfunction) if "session" in inspect.signature(function).parameters]
print(json.dumps({function.__name__: expired(function) for function in functions}))
