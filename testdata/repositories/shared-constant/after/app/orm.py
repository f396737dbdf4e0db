"""What the models share."""
from typing import Final

CASCADE_ALL: Final = (
    "save-update, merge, delete, delete-orphan"  # children go with their parent
)
CASCADE_SOME = "save-update, merge"
READ_ONLY = "all"
LOGGED = "all, delete"
EITHER = (
    "save-update, merge, delete"
    if CASCADE_SOME
    else "save-update, merge, delete, delete-orphan"
)
