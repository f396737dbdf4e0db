"""What makes the relationship has a name of its own."""

from helpers import relationship_all
from models import Order, User

User.paid = relationship_all("Order", backref="payer", foreign_keys=[Order.payer_id])
