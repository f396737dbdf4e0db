# What the base classes of fastapi-users declare that decides about relationships: table names and foreign keys.
from sqlmodel import Field, SQLModel


class SQLModelBaseAccessToken(SQLModel):
    __tablename__ = "accesstoken"
    token = Field(primary_key=True)
    user_id = Field(foreign_key="user.id")
