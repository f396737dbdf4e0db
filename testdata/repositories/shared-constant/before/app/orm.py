"""What the models share."""
from typing import Final

CASCADE_ALL: Final = "all, delete-orphan"  # children go with their parent
CASCADE_SOME = "save-update, merge"
READ_ONLY = "all"
LOGGED = "all, delete"
EITHER = "all" if CASCADE_SOME else "all, delete-orphan"
