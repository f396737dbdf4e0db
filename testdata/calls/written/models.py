"""A base with SQLAlchemy's metaclass; another that a call makes of a class."""

from sqlalchemy import Column, Integer
from sqlalchemy.orm import DeclarativeMeta, Session, declarative_base, declared_attr, registry, scoped_session, sessionmaker
from sqlmodel import Field, SQLModel

from elsewhere import Unseen

mapper_registry = registry()
sessions = scoped_session(sessionmaker())


class Base(metaclass=DeclarativeMeta):
    __abstract__ = True
    registry = mapper_registry
    metadata = mapper_registry.metadata


class FromDictionary:
    @classmethod
    def from_dict(cls, values):
        return cls(**values)


Made = declarative_base(cls=(FromDictionary,))


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)

    def again(  # a comment before the first parameter
        self, session: Session
    ):
        session.refresh(self)  #: User


class Order(Made):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)


class Easier(SQLModel, Unseen):
    id: int | None = Field(default=None, primary_key=True)

    def load(self, session: Session):
        session.refresh(self)  #: ?


class Easy(SQLModel):
    def load(self, session: Session):
        # a subclass may be mapped, it is not
        session.refresh(self)  #: ?


class Item(Easy, table=True):
    id: int = Field(primary_key=True)


class WithQuery:
    query = sessions.query_property()


Queried = declarative_base(cls=WithQuery)


class Tag(Queried):
    __tablename__ = "tags"
    id = Column(Integer, primary_key=True)


class OwnMeta(DeclarativeMeta):
    pass


class Label(Base, metaclass=OwnMeta):
    __tablename__ = "labels"
    id = Column(Integer, primary_key=True)


class Stamped(object):
    created = Column(Integer)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()

    def touch(self, session: Session):
        session.refresh(self)  #: ?


class Stamp(Base, Stamped):
    id = Column(Integer, primary_key=True)
