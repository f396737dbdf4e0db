from sqlalchemy.orm import relationship


class Row:
    cells = relationship("Cell", cascade="all, delete-orphan")
    notes = relationship("Note", cascade="delete")
