from sqlalchemy.orm import relationship

# cascade-fix: ignore-file[CAS002]
a = relationship("A", cascade="save-update")  # cascade-fix: ignore
b = relationship("B", cascade="save-update")  # cascade-fix: ignore[CAS001, CAS002]
c = relationship("C", cascade="save-update")  # noqa: CAS001
d = relationship("D", cascade="save-update")  # noqa
