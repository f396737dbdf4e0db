from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base, declared_attr, relationship

Base = declarative_base()


class Versioned:
    version_class = None

    @declared_attr
    def versions(cls):
        return relationship(
            cls.version_class, cascade="save-update, merge, delete, delete-orphan"
        )


class Page(Versioned, Base):
    __tablename__ = "page"
    id = Column(Integer, primary_key=True)
    version_class = "PageVersion"
    # a page is given up by none
    notes = relationship("Note", cascade="save-update, merge, delete")


class PageVersion(Base):
    __tablename__ = "page_version"
    id = Column(Integer, primary_key=True)
    page_id = Column(ForeignKey("page.id"))
    lines = relationship("Line", cascade="save-update, merge, expunge, delete")


class Line(Base):
    __tablename__ = "line"
    id = Column(Integer, primary_key=True)
    version_id = Column(ForeignKey("page_version.id"))


class Note(Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)
    page_id = Column(ForeignKey("page.id"))


class Image(Base):
    __tablename__ = "image"
    id = Column(Integer, primary_key=True)
    album_id = Column(ForeignKey("album.id"))
    lines = relationship("Caption", cascade="save-update, merge, expunge, delete")


class Caption(Base):
    __tablename__ = "caption"
    id = Column(Integer, primary_key=True)
    image_id = Column(ForeignKey("image.id"))


class Album(Versioned, Base):
    __tablename__ = "album"
    id = Column(Integer, primary_key=True)
    version_class = Image
