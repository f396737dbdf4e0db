from sqlalchemy.orm import relationship
from toolkit.orm import children


class Invoice:
    items = relationship("Item", cascade="all, delete-orphan")
    payments = children("Payment", cascade="all")
