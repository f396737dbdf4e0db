# cascade-fix: ignore-file[orphan-without-delete]
from sqlalchemy.orm import relationship

a = relationship("A", cascade="save-update, refresh-expire, delete-orphan")
