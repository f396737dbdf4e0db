from enum import Enum

from sqlalchemy import String

OWNED = "all, delete-orphan"
SHARED = "all"
KEPT = "save-update, merge"


class Cascades(str, Enum):
    """What goes with what."""

    OWNED = "all, delete"
