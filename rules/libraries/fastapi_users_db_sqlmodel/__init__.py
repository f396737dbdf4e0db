# What the base classes of fastapi-users declare that decides about relationships: table names and foreign keys.
from sqlmodel import Field, SQLModel


class SQLModelBaseUserDB(SQLModel):
    __tablename__ = "user"
    id = Field(primary_key=True)


class SQLModelBaseOAuthAccount(SQLModel):
    __tablename__ = "oauthaccount"
    id = Field(primary_key=True)
    user_id = Field(foreign_key="user.id")
