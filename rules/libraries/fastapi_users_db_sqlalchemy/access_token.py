# What the base classes of fastapi-users declare that decides about relationships: table names and foreign keys.
from sqlalchemy import ForeignKey
from sqlalchemy.orm import declared_attr, mapped_column


class SQLAlchemyBaseAccessTokenTable:
    __tablename__ = "accesstoken"
    token = mapped_column(primary_key=True)


class SQLAlchemyBaseAccessTokenTableUUID(SQLAlchemyBaseAccessTokenTable):
    @declared_attr
    def user_id(cls):
        return mapped_column(ForeignKey("user.id"))
