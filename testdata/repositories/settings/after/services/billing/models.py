from sqlalchemy.orm import relationship
from toolkit.orm import children


class Invoice:
    items = relationship(
        "Item", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    payments = children("Payment", cascade="save-update, merge, expunge, delete")
