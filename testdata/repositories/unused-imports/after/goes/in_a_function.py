from sqlalchemy.orm import relationship


def children():
    return relationship("Child", cascade="save-update, merge, delete, delete-orphan")
