from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Invoice(Base):
    __tablename__ = "invoice"
    id = Column(Integer, primary_key=True)
    lines = relationship("Line")


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))
    taxes = relationship("Tax", cascade="save-update, merge, expunge, delete")


class Tax(Base):
    __tablename__ = "tax"
    id = Column(Integer, primary_key=True)
    line_id = Column(ForeignKey("line.id"))


def own(relationship_property, options):
    relationship_property.cascade = options


own(Invoice.lines.property, "save-update, merge, delete, delete-orphan")
