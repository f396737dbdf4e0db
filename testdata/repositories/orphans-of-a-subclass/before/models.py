from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship

Base = declarative_base()


class Document(Base):
    __tablename__ = "document"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "document"}
    notes = relationship("Note", cascade="all, delete-orphan")


class Invoice(Document):
    folder_id = Column(ForeignKey("folder.id"))
    __mapper_args__ = {"polymorphic_identity": "invoice"}


class Folder(Base):
    __tablename__ = "folder"
    id = Column(Integer, primary_key=True)
    invoices = relationship("Invoice", cascade="all, delete-orphan")


class Note(Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)
    document_id = Column(ForeignKey("document.id"))
