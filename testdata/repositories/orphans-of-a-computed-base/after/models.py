from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Ledger(Base):
    __tablename__ = "ledger"
    id = Column(Integer, primary_key=True)
    invoices = relationship(
        "SpecialInvoice", cascade="save-update, merge, delete, delete-orphan"
    )


class Invoice(Base):
    __tablename__ = "invoice"
    id = Column(Integer, primary_key=True)
    ledger_id = Column(ForeignKey("ledger.id"))
    lines = relationship("Line", cascade="save-update, merge, expunge, delete")


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))


def unchanged(base):
    return base


class SpecialInvoice(unchanged(Invoice)):
    pass
