from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, declared_attr


class Base(DeclarativeBase):
    __allow_unmapped__ = True

    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()

    id = Column(Integer, primary_key=True)


class HasParent:
    parent_id = Column(ForeignKey("parent.id"))


class Child(HasParent, Base):
    pass
