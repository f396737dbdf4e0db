from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()


class Taxed:
    @declared_attr
    def taxes(cls):
        return relationship("Tax", cascade="save-update, merge, expunge, delete")


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "line"}


class TaxedLine(Taxed, Line):
    __mapper_args__ = {"polymorphic_identity": "taxed"}


class Labelled:
    @declared_attr
    def labels(cls):
        return relationship("Label", cascade="save-update, merge, delete")


class Invoice(Labelled, Base):
    __tablename__ = "invoice"
    id = Column(Integer, primary_key=True)
    lines = relationship(Line, cascade="save-update, merge, delete, delete-orphan")


class Tax(Base):
    __tablename__ = "tax"
    id = Column(Integer, primary_key=True)
    line_id = Column(ForeignKey("line.id"))


class Label(Base):
    __tablename__ = "label"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("invoice.id"))
