88
from sqlalchemy.orm import backref, relationship

class Parent:
    b: Mapped[list["Missing"]] = relationship("Child", cascade="all, delete")  # type: ignore[name-defined]

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # type:ignore

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # NOQA: F821

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # mypy: disable-error-code=name-defined

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # pyre-fixme[11]: later

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # fmt: skip

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # pragma: no cover

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # pytype: disable=name-error

posts = relationship(Missing, back_populates="x", lazy=True, cascade="all")  # type: ignore[name-defined] # noqa: F821

posts = relationship(
    "Post",
    backref=backref("parent", cascade="all, delete-orphan", uselist=False, x=1),  # type: ignore
)

# pylint: disable-next=undefined-variable
posts = relationship(Missing, lazy="raise", foreign_keys="x.yyyyyyyyy", cascade="all")

posts = relationship(
    "Post", cascade="save-update, merge, expunge, delete, delete-orphan, refresh-expire"
)  # noqa: F821
