from sqlalchemy.orm import relationship

COMMON = {"cascade": "save-update, refresh-expire, delete-orphan"}

a = relationship("A", **COMMON)
b = relationship("B", **COMMON)  # cascade-fix: ignore[CAS104]
c = relationship("C", **COMMON)  # cascade-fix: ignore
