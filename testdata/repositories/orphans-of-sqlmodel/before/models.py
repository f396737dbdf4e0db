from sqlmodel import Field, Relationship, SQLModel


class Invoice(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    lines: list["Line"] = Relationship(cascade_delete=True)


class Line(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int | None = Field(default=None, foreign_key="invoice.id")
    taxes: list["Tax"] = Relationship(cascade_delete=True)


class Tax(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    line_id: int | None = Field(default=None, foreign_key="line.id")
