from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()


class Folder(Base):
    __tablename__ = "folder"
    id = Column(Integer, primary_key=True)
    documents = relationship("Document", cascade="all, delete-orphan")


class Document(Base):
    __tablename__ = "document"
    id = Column(Integer, primary_key=True)
    folder_id = Column(ForeignKey("folder.id"))
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "document"}


class Invoice(Document):
    __mapper_args__ = {"polymorphic_identity": "invoice"}
    lines = relationship("Line", cascade="all, delete-orphan")


class Letter(Document):
    __mapper_args__ = {"polymorphic_identity": "letter"}


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    invoice_id = Column(ForeignKey("document.id"))
