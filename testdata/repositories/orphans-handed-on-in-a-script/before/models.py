import runpy
from pathlib import Path

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import relationship

from base import Base


class Ledger(Base):
    __tablename__ = "ledger"
    id = Column(Integer, primary_key=True)
    invoices = relationship("Invoice", cascade="all, delete-orphan")


class Invoice(Base):
    __tablename__ = "invoice"
    id = Column(Integer, primary_key=True)
    ledger_id = Column(ForeignKey("ledger.id"))


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))
    taxes = relationship("Tax", cascade="all")


class Tax(Base):
    __tablename__ = "tax"
    id = Column(Integer, primary_key=True)
    line_id = Column(ForeignKey("line.id"))


runpy.run_path(str(Path(__file__).with_name("lines.script")))["add_lines"](Invoice)
