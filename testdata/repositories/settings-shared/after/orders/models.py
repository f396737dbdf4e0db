from sqlalchemy.orm import relationship

from common.cascades import LOGGED, ORDERS


class Customer:
    orders = relationship(
        "Order", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    logs = relationship("Log", cascade=LOGGED)
    drafts = relationship("Draft", cascade=ORDERS)
    gifts = relationship("Gift", cascade=ORDERS)
