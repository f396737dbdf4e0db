"""Finds modules of a project in its copy, wherever an installation or a path leads to the original."""

import importlib.util
import os
import sys


def below(path, folder):
    return path == folder or path.startswith(folder + os.sep)


class Redirect:
    """A finder of modules: an editable installation may lead to the original whatever the path says."""

    def __init__(self, original, copy):
        self.original, self.copy = original, copy

    def copied(self, path):
        if not path or not os.path.isabs(path) or not below(path, self.original):
            return None
        # an environment in the project's folder is not copied
        if below(sys.prefix, self.original) and below(path, sys.prefix):
            return None
        copied = self.copy + path[len(self.original) :]
        return copied if os.path.exists(copied) else None

    def found(self, name, path=None, target=None):
        """What the other finders find."""
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        return None

    def find_spec(self, name, path=None, target=None):
        spec = self.found(name, path, target)
        if spec is None:
            return None
        if spec.submodule_search_locations is not None and spec.origin is None:
            spec.submodule_search_locations = [self.copied(place) or place for place in spec.submodule_search_locations]
            return spec
        origin = self.copied(spec.origin) if spec.has_location else None
        if origin is None:
            return spec
        places = spec.submodule_search_locations
        places = None if places is None else [self.copied(place) or place for place in places]
        return importlib.util.spec_from_file_location(name, origin, submodule_search_locations=places)
