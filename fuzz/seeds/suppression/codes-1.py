from sqlalchemy.orm import relationship

a = relationship("A", cascade="all")  # cascade-fix: ignore[CAS001]
b = relationship("B", cascade="all")  # cascade-fix: ignore[CAS0]
c = relationship("C", cascade="all")  # cascade-fix: ignore[all-cascade]
d = relationship("D", cascade="all")  # cascade-fix: ignore[unresolved-cascade, All-Cascade]
