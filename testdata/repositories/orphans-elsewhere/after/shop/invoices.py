from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.base import Base


class Invoice(Base):
    __tablename__ = "invoice"
    id: Mapped[int] = mapped_column(primary_key=True)
    # cascade-fix: ignore[CAS001] this one is looked at by hand
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan")
