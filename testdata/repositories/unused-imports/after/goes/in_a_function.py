from sqlalchemy.orm import relationship


def children():
    return relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
