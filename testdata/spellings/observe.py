"""What SQLAlchemy makes of models: reads [{"name", "folders", "modules"}] from stdin as JSON, imports the modules of each
entry anew with its folders on the path, and writes {name: {"Class.attribute": [cascade options]}} or {name: "the error"}.
Where an entry has "whole": true, the relationship's other options stand beside its cascade: {"cascade": […], "viewonly": …, …}."""

import importlib
import json
import os
import sys
import traceback
import warnings

from sqlalchemy.orm import clear_mappers, configure_mappers, mapperlib
from sqlmodel import SQLModel


def whole(relationship):
    return {
        "cascade": sorted(relationship.cascade),
        "viewonly": relationship.viewonly,
        "passive_deletes": relationship.passive_deletes,
        "single_parent": relationship.single_parent,
        "uselist": relationship.uselist,
        "lazy": relationship.lazy,
        "secondary": None if relationship.secondary is None else relationship.secondary.name,
        "direction": relationship.direction.name,
    }


def observe(folders, modules, told):
    environment = dict(os.environ)
    sys.path[:0] = folders
    importlib.invalidate_caches()
    try:
        for module in modules:
            importlib.import_module(module)
        configure_mappers()
        mappers = [mapper for registry in mapperlib._all_registries() for mapper in registry.mappers]
        return {
            f"{mapper.class_.__name__}.{relationship.key}": told(relationship)
            for mapper in mappers
            for relationship in mapper.relationships
        }
    except Exception:
        return traceback.format_exc()
    finally:
        os.environ.clear()
        os.environ.update(environment)
        del sys.path[: len(folders)]
        clear_mappers()
        SQLModel.metadata.clear()
        SQLModel._sa_registry._class_registry.clear()
        own = {entry.removesuffix(".py") for folder in folders for entry in os.listdir(folder)}
        for name in [name for name in sys.modules if name.partition(".")[0] in own]:
            del sys.modules[name]


warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
answers = {}
for entry in json.load(sys.stdin):
    told = whole if entry.get("whole") else lambda relationship: sorted(relationship.cascade)
    answers[entry["name"]] = observe(entry["folders"], entry["modules"], told)
json.dump(answers, sys.stdout)
