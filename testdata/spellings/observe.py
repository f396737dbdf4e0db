"""What SQLAlchemy makes of models: reads [{"name", "folders", "modules"}] from stdin as JSON, imports the modules of each
entry anew with its folders on the path, and writes {name: {"Class.attribute": [cascade options]}} or {name: "the error"}."""

import importlib
import json
import os
import sys
import traceback
import warnings

from sqlalchemy.orm import clear_mappers, configure_mappers, mapperlib
from sqlmodel import SQLModel


def observe(folders, modules):
    environment = dict(os.environ)
    sys.path[:0] = folders
    importlib.invalidate_caches()
    try:
        for module in modules:
            importlib.import_module(module)
        configure_mappers()
        mappers = [mapper for registry in mapperlib._all_registries() for mapper in registry.mappers]
        return {
            f"{mapper.class_.__name__}.{relationship.key}": sorted(relationship.cascade)
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
json.dump({entry["name"]: observe(entry["folders"], entry["modules"]) for entry in json.load(sys.stdin)}, sys.stdout)
