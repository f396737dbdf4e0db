from sqlalchemy.orm import relationship

a = relationship("A", cascade=unknown)  # cascade-fix: ignore
d = relationship("D", cascade="save-update")  # cascade-fix: ignore[CAS001]
