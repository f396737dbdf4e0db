from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import registry, relationship

reg = registry()
invoice = Table("invoice", reg.metadata, Column("id", Integer, primary_key=True))
line = Table("line", reg.metadata, Column("id", Integer, primary_key=True), Column("invoice_id", ForeignKey("invoice.id")))
tax = Table("tax", reg.metadata, Column("id", Integer, primary_key=True), Column("line_id", ForeignKey("line.id")))


class Invoice:
    pass


class Line:
    pass


class Tax:
    pass


reg.map_imperatively(Invoice, invoice, properties={"lines": relationship(Line, cascade="all, delete-orphan")})
reg.map_imperatively(Line, line, properties={"taxes": relationship(Tax, cascade="all, delete-orphan")})
reg.map_imperatively(Tax, tax)
