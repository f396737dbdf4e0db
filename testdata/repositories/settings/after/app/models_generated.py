from sqlalchemy.orm import relationship


class Customer:
    orders = relationship("Order", cascade="all, delete-orphan")
