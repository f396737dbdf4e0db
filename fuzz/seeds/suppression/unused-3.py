from sqlalchemy.orm import relationship

a = relationship("A", cascade="merge")  # cascade-fix: ignore[CAS103]
b = relationship("B", cascade="save-update, merge")  # cascade-fix: ignore[CAS103]
