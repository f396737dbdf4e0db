from sqlalchemy.orm import relationship

class User:
    posts = relationship(
        "Post",
        cascade="all",
    )  # cascade-fix: ignore
    notes = relationship(
        "Note",
        cascade="all",
    )  # noqa
    tags = relationship(
        "Tag",
        cascade="all",
    )  # noqa: CAS001
    keys = relationship(
        "Key",
        cascade="all",
    )
