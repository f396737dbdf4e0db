from sqlalchemy.orm import relationship

from .settings import CASCADE, settings


def children(target, cascade="merge"):
    return relationship(target, cascade=cascade)


class Parent(Base):
    by_name = relationship("Child", cascade=CASCADE)
    by_attribute = relationship("Child", cascade=settings.cascade)
    by_call = relationship(
        "Child",
        cascade=", ".join(
            ["save-update", "merge", "expunge", "delete", "delete-orphan"]
        ),
    )
    by_sum = relationship(
        "Child", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    by_condition = relationship(
        "Child",
        cascade="save-update, merge, expunge, delete" if settings.owned else "merge",
    )
    by_boolean = relationship(
        "Child", cascade=settings.owned and "save-update, merge, expunge, delete" or ""
    )
    by_format = relationship("Child", cascade=f"{CASCADE}, delete-orphan")
    by_mapping = relationship("Child", cascade={"all": 1})
    by_element = relationship("Child", cascade=["all", CASCADE])
    by_name_of_a_character = relationship("Child", cascade="all\N{COMMA} delete-orphan")
    over_lines = relationship("Child", cascade=choose(
        "all",
    ))
