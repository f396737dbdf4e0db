"""Generated."""
# cascade-fix: ignore-file
EXPORTED = "all, delete"
EVERYTHING = "all"
OPTIONS = {"cascade": "all"}
