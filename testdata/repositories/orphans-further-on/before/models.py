from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    bs = relationship("B", cascade="save-update, merge, delete, delete-orphan")


class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
    a_id = Column(ForeignKey("a.id"))
    cs = relationship("C", cascade="all")


class C(Base):
    __tablename__ = "c"
    id = Column(Integer, primary_key=True)
    b_id = Column(ForeignKey("b.id"))
    ds = relationship("D", cascade="all")
    es = relationship("E", cascade="save-update, merge")


class D(Base):
    __tablename__ = "d"
    id = Column(Integer, primary_key=True)
    c_id = Column(ForeignKey("c.id"))
    fs = relationship("F", cascade="all")


class E(Base):
    __tablename__ = "e"
    id = Column(Integer, primary_key=True)
    c_id = Column(ForeignKey("c.id"))
    fs = relationship("F", cascade="all")


class F(Base):
    __tablename__ = "f"
    id = Column(Integer, primary_key=True)
    d_id = Column(ForeignKey("d.id"))
    e_id = Column(ForeignKey("e.id"))
