from sqlalchemy.orm import relationship

from common.cascades import LOGGED, ORDERS, OWNED


class Customer:
    orders = relationship("Order", cascade=OWNED)
    logs = relationship("Log", cascade=LOGGED)
    drafts = relationship("Draft", cascade=ORDERS)
    gifts = relationship("Gift", cascade=ORDERS)
