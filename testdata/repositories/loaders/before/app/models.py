from typing import Optional

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, WriteOnlyMapped, mapped_column, relationship

OWNED = "all, delete-orphan"


class Base(DeclarativeBase):
    pass


class Playlist(Base):
    __tablename__ = "playlist"

    id: Mapped[int] = mapped_column(primary_key=True)
    # loaded with its playlist, also by a refresh
    tracks: Mapped[list["Track"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    plays: WriteOnlyMapped["Play"] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    notes: Mapped[list["Note"]] = relationship(cascade="all, delete-orphan")
    cover: Mapped[Optional["Cover"]] = relationship(cascade="all", lazy="joined")
    # one list for both, which can do harm to one of them
    tags: Mapped[list["Tag"]] = relationship(cascade=OWNED, lazy="subquery")
    links: Mapped[list["Link"]] = relationship(cascade=OWNED, lazy="raise")


class Owned:
    id: Mapped[int] = mapped_column(primary_key=True)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlist.id"))


class Track(Owned, Base):
    __tablename__ = "track"


class Play(Owned, Base):
    __tablename__ = "play"


class Note(Owned, Base):
    __tablename__ = "note"


class Cover(Owned, Base):
    __tablename__ = "cover"


class Tag(Owned, Base):
    __tablename__ = "tag"


class Link(Owned, Base):
    __tablename__ = "link"
