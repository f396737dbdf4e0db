"""Gives up an unsaved object of every class that a relationship with delete-orphan leads to, with one object behind each of its
relationships, and prints as JSON how many rows there are afterwards, for each of some folders with models.

    give_up.py FOLDER…
"""

import importlib
import json
import multiprocessing
import pathlib
import sys
import warnings

from sqlalchemy import create_engine, func, inspect, select
from sqlalchemy.orm import Session, configure_mappers

DEPTH = 4


def filled(mapper, depth, back=None):
    """A new object with one more behind each relationship."""
    made = mapper.class_()
    for relationship in mapper.relationships if depth else ():
        if relationship is not back and "save-update" in relationship.cascade:
            put(made, relationship, filled(relationship.mapper, depth - 1, one_of(relationship._reverse_property)))
    return made


def one_of(relationships):
    return next(iter(relationships), None)


def put(owner, relationship, related):
    if relationship.uselist:
        getattr(owner, relationship.key).append(related)
    else:
        setattr(owner, relationship.key, related)


def take_back(owner, relationship):
    setattr(owner, relationship.key, [] if relationship.uselist else None)


def rows(metadata, mapper, relationship, target):
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with Session(engine) as session:
        owner = mapper.class_()
        put(owner, relationship, filled(target, DEPTH, one_of(relationship._reverse_property)))
        session.add(owner)
        take_back(owner, relationship)
        try:
            session.commit()
        except Exception as error:
            session.rollback()
            return type(error).__name__
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in metadata.sorted_tables}


def rows_of(folder):
    """What is inserted, by the relationship and the class that is given up."""
    warnings.simplefilter("ignore")
    sys.path.insert(0, folder)
    modules = ["shop.invoices", "shop.lines"] if pathlib.Path(folder, "shop").exists() else ["models"]
    classes = [value for name in modules for value in vars(importlib.import_module(name)).values()]
    configure_mappers()
    mappers = [mapper for mapper in (inspect(cls, raiseerr=False) for cls in classes if isinstance(cls, type)) if mapper]
    all_rows = {}
    for mapper in {mapper.class_.__name__: mapper for mapper in mappers}.values():
        for relationship in mapper.relationships:
            if "delete-orphan" in relationship.cascade:
                for target in relationship.mapper.self_and_descendants:
                    key = f"{mapper.class_.__name__}.{relationship.key} {target.class_.__name__}"
                    all_rows[key] = rows(mapper.local_table.metadata, mapper, relationship, target)
    return all_rows


if __name__ == "__main__":
    # models of one folder are not those of another: each has a process of its own
    with multiprocessing.Pool(maxtasksperchild=1) as pool:
        print(json.dumps(pool.map(rows_of, sys.argv[1:], chunksize=1), sort_keys=True))
