from sqlalchemy.orm import relationship


class Author:
    posts = relationship(
        "Post",
        cascade=[
            "save-update",
            "refresh-expire",  # because of the stubs  # type: ignore[list-item]
            "delete",
        ],
    )
    drafts = relationship(
        "Draft",
        cascade=[
            "save-update",
            "delete",
            "refresh-expire",  # noqa: E501
        ],
    )
    letters = relationship(
        "Letter",
        cascade=(
            "save-update, merge, "
            "refresh-expire, "  # pylint: disable=line-too-long
            "delete"
        ),
    )
    notes = relationship(
        "Note",
        cascade=[
            "save-update",
            "refresh-expire",  # no more of these
            "delete",
        ],
    )
