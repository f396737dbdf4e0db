from sqlalchemy.orm import relationship


class Customer:
    orders = relationship(
        "Order",
        cascade="save-update, merge, expunge, delete, delete-orphan",
    )
