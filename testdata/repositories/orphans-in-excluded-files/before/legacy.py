from sqlalchemy import Column, Integer
from sqlalchemy.orm import relationship

from base import Base


class Ledger(Base):
    __tablename__ = "ledger"
    id = Column(Integer, primary_key=True)
    invoices = relationship("Invoice", cascade="all, delete-orphan")
