from sqlalchemy.orm import relationship


class Parent:
    children = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )

    def cascade_of(self, OWNED, other):
        # not that OWNED
        return OWNED + other.OWNED + str(other, OWNED=1)
