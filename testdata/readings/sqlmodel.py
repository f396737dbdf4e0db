from typing import Optional

from sqlmodel import Field, Relationship, SQLModel

# above


class Child(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    parent_id: Optional[int] = Field(default=None, foreign_key="parent.id")
    # child


class Parent(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    # parent
