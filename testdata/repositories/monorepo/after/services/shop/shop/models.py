from company_orm import OWNED, children
from sqlalchemy.orm import relationship


class Shop:
    orders = relationship("Order", cascade=OWNED)
    offers = children("Offer", "save-update, merge, delete")
    prices = children("Price", orphans="save-update, merge, delete, delete-orphan")
    clerks = children("Clerk")
