from sqlalchemy.orm import backref, declared_attr, relationship


class Suppressed:
    on_the_value = relationship(
        "Post",
        cascade="all",  # cascade-fix: ignore
    )
    on_one_line = relationship("Post", cascade="all")  # cascade-fix: ignore
    on_the_first_line = relationship(  # cascade-fix: ignore
        "Post",
        cascade="all",
    )
    on_the_last_line = relationship(
        "Post",
        cascade="all",
    )  # cascade-fix: ignore
    on_a_line_between = relationship(
        "Post",  # cascade-fix: ignore
        cascade="all",
    )
    above_the_value = relationship(
        "Post",
        # cascade-fix: ignore
        cascade="all",
    )
    last_in_the_call = relationship(
        "Post",
        cascade="all",
        # cascade-fix: ignore
    )
    # cascade-fix: ignore
    above = relationship("Post", cascade="all")
    # cascade-fix: ignore
    # posts are refreshed by hand
    above_another_comment = relationship(
        "Post",
        cascade="all",
    )
    in_a_long_value = relationship(
        "Post",
        cascade=(
            "all, "  # cascade-fix: ignore
            "delete-orphan"
        ),
    )
    of_the_backref = relationship(
        "Post",
        backref=backref("user", cascade="all"),  # cascade-fix: ignore
    )
    both = relationship(
        "Post",
        cascade="all",
        backref=backref("user", cascade="all"),
    )  # cascade-fix: ignore

    @declared_attr
    def tags(cls):
        # cascade-fix: ignore
        return relationship("Tag", cascade="all")


def children(target, cascade="all"):  # cascade-fix: ignore
    return relationship(target, cascade=cascade)


for name in ("a", "b"):
    setattr(Suppressed, name, relationship("Post", cascade="all"))  # cascade-fix: ignore

# cascade-fix: ignore
Suppressed.late.property.cascade = "all"


class Beside:
    posts = relationship(
        "Post",
        cascade="save-update, merge, expunge, delete",
        backref=backref("user", cascade="all"),  # cascade-fix: ignore
    )
    notes = relationship(
        "Note",
        cascade="all",  # cascade-fix: ignore
        backref=backref("user", cascade="save-update, merge, expunge, delete"),
    )
    tags = relationship(
        "Tag",
        cascade="save-update, merge, expunge, delete",
        # cascade-fix: ignore
        backref=backref("user", cascade="all"),
    )
