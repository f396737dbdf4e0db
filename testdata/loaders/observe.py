"""Prints, as JSON, for each module of a folder whether a refresh leaves the object of its relationship with refresh-expire expired.

What is expired is read by a query: that is what raises under asyncio.
"""

import importlib
import json
import pathlib
import sys
import warnings

from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import Session, configure_mappers


def leaves_expired(base):
    """Whether it does where the related object is put there in the same session."""
    configure_mappers()
    own = [(mapper, name, held) for mapper in base.registry.mappers for name, held in mapper.relationships.items()]
    [(mapper, name, held)] = [entry for entry in own if entry[2].cascade.refresh_expire]
    engine = create_engine("sqlite://")
    base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        parent, child = mapper.class_(name="parent"), held.mapper.class_(name="child")
        session.add(parent)
        if held.lazy == "dynamic":
            getattr(parent, name).append(child)
        elif held.lazy == "write_only":
            getattr(parent, name).add(child)
        else:
            setattr(parent, name, [child] if held.uselist else child)
        session.commit()
        session.refresh(parent)
        return "name" in inspect(child).unloaded


warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
modules = sorted(path.stem for path in pathlib.Path(sys.argv[1]).glob("*.py"))
print(json.dumps({module: leaves_expired(importlib.import_module(module).Base) for module in modules}))
