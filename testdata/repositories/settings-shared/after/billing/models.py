from sqlalchemy.orm import relationship

from common.cascades import LOGGED
from legacy.cascades import LEGACY


class Account:
    invoices = relationship(
        "Invoice", cascade="save-update, merge, delete, delete-orphan"
    )
    logs = relationship("Log", cascade=LOGGED)
    terms = relationship("Term", cascade=LEGACY)
