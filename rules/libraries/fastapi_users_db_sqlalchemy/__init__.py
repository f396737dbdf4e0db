# What the base classes of fastapi-users declare that decides about relationships: table names and foreign keys.
from sqlalchemy import ForeignKey
from sqlalchemy.orm import declared_attr, mapped_column


class SQLAlchemyBaseUserTable:
    __tablename__ = "user"


class SQLAlchemyBaseUserTableUUID(SQLAlchemyBaseUserTable):
    id = mapped_column(primary_key=True)


class SQLAlchemyBaseOAuthAccountTable:
    __tablename__ = "oauth_account"


class SQLAlchemyBaseOAuthAccountTableUUID(SQLAlchemyBaseOAuthAccountTable):
    id = mapped_column(primary_key=True)

    @declared_attr
    def user_id(cls):
        return mapped_column(ForeignKey("user.id"))
