import runpy
from pathlib import Path

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import relationship

from base import Base

Ledger = runpy.run_path(str(Path(__file__).with_name("ledger")))["Ledger"]


class Invoice(Base):
    __tablename__ = "invoice"
    id = Column(Integer, primary_key=True)
    ledger_id = Column(ForeignKey("ledger.id"))
    lines = relationship("Line", cascade="save-update, merge, expunge, delete")


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))
