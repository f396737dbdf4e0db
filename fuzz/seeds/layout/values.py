88
from sqlalchemy.orm import backref, relationship

CASCADE = "all, delete-orphan"

THE_CASCADE_OF_EVERYTHING_THAT_BELONGS_TO_ITS_PARENT_AND_MORE_SO_THAT_IT_IS_SPLIT = (
    "all, delete-orphan"
)

CASCADE_ALL = "all, delete-orphan"  # noqa: with all that belongs to it, and even more

THE_CASCADE_OF_EVERYTHING_THAT_BELONGS_TO = ["all, delete-orphan", "refresh"]

CASCADE_OF_ALL = "all, delete-orphan" if settings.orphans_are_deleted else "merge"

first, second = make("all, delete-orphan", lazy=True), make("all, delete-orphan")

the_options_of_it.setdefault("the_cascade_option", "all, delete-orphan or something")
