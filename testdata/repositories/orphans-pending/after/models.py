from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Invoice(Base):
    __tablename__ = "invoice"
    lines: Mapped[list["Line"]] = relationship(back_populates="invoice", cascade="save-update, merge, delete, delete-orphan")


class Line(Base):
    __tablename__ = "line"
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    invoice: Mapped[Invoice | None] = relationship(back_populates="lines")
    taxes: Mapped[list["Tax"]] = relationship(back_populates="line", cascade="save-update, merge, expunge, delete, delete-orphan")


class Tax(Base):
    __tablename__ = "tax"
    line_id: Mapped[int | None] = mapped_column(ForeignKey("line.id"))
    line: Mapped[Line | None] = relationship(back_populates="taxes")
