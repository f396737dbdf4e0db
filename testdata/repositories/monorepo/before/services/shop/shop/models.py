from company_orm import OWNED, children
from sqlalchemy.orm import relationship


class Shop:
    orders = relationship("Order", cascade=OWNED)
    offers = children("Offer", "all")
    prices = children("Price", orphans="all, delete-orphan")
    clerks = children("Clerk")
