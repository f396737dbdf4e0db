88
from sqlalchemy.orm import backref, relationship

def owned(target: str, *, cascade: str = "all, delete-orphan") -> "Mapped[list[Any]]":
    return relationship(target, cascade=cascade)

def owned(the_cascade_of_it: str = "all, delete-orphan") -> Mapped[list["Any"]]:
    return relationship("X", cascade=the_cascade_of_it)

def owned(
    target: type[Any], other: type[Any] | None = None, cascade="all, delete-orphan"
) -> "Mapped[list[Any]]":
    return relationship(target, cascade=cascade)

def owned(target, children=relationship("Post", cascade="all, delete-orphan")):
    return target

class User(children=relationship("Post", lazy="raise", cascade="all, delete-orphan")):
    pass

if other and relationship("Post", back_populates="author", cascade="all, delete"):
    pass

if other:
    pass
elif relationship("Post", back_populates="author", cascade="all, delete"):
    pass

for post in [relationship("Post", back_populates="author", cascade="all, delete")]:
    pass

async def f():
    async with relationship(
        "Post", lazy="raise", cascade="all, delete-orphan"
    ) as posts:
        pass

def f():
    yield from relationship("Post", back_populates="author", cascade="all, delete")

assert relationship("Post", back_populates="author", cascade="all, delete-orphan")

posts = Annotated[relationship("Post", lazy="raise", cascade="all, delete-orphan")]
