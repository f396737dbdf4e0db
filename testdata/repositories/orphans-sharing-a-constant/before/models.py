from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()

OWNED = "all, delete-orphan"


class Invoice(Base):
    __tablename__ = "invoice"
    id = Column(Integer, primary_key=True)
    lines = relationship("Line", cascade=OWNED)


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))
    taxes = relationship("Tax", cascade=OWNED)


class Tax(Base):
    __tablename__ = "tax"
    id = Column(Integer, primary_key=True)
    line_id = Column(ForeignKey("line.id"))
