from sqlalchemy.orm import relationship

OWNED = "all"

a = relationship("A", cascade=OWNED)
b = relationship("B", cascade=OWNED)  # cascade-fix: ignore
