from sqlalchemy.orm import relationship


class Parent(Base):
    double = relationship("Child", cascade="save-update, merge, delete, delete-orphan")
    single = relationship('Child', cascade='save-update, merge, delete, delete-orphan')
    triple = relationship(
        "Child", cascade="""save-update, merge, delete, delete-orphan"""
    )
    triple_single = relationship("Child", cascade='''save-update, merge, delete''')
    raw = relationship("Child", cascade=r"save-update, merge, delete")
    unicode = relationship("Child", cascade=u'save-update, merge, delete')
    raw_upper = relationship("Child", cascade=R"save-update, merge, delete")
    formatted = relationship(
        "Child", cascade=f"save-update, merge, delete, delete-orphan"
    )
    escaped = relationship("Child", cascade="save-update, merge, delete, delete-orphan")
    continued = relationship("Child", cascade="save-update, merge, delete, delete-orphan")
    no_blank = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
    many_blanks = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
    commas = relationship("Child", cascade="save-update, merge, delete, delete-orphan")
    doubled = relationship("Child", cascade="save-update, merge, delete")
    parenthesized = relationship("Child", cascade=("save-update, merge, delete"))
    twice_parenthesized = relationship(
        "Child", cascade=(("save-update, merge, delete, delete-orphan"))
    )
    blanks_around = relationship("Child", cascade = "save-update, merge, delete")
    concatenated = relationship(
        "Child", cascade="save-update, merge, delete, delete-orphan"
    )
    over_lines = relationship(
        "Child",
        cascade=("save-update, merge, delete, delete-orphan"),
    )
    with_comments = relationship(
        "Child",
        cascade=(  # owned
            "save-update, merge, delete, "  # everything
            'delete-orphan'  # and what is let go
        ),  # really
    )
    without_a_blank_between = relationship(
        "Child",
        cascade=(
            "save-update, "  # saved
            "merge"  # copied
        ),
    )
    behind_blanks = relationship(
        "Child",
        cascade=(    # expired
            "save-update, merge"  # kept
        ),
    )
    with_comments_between = relationship(
        "Child",
        cascade="save-update, "  # insert
        "merge"  # copy
        # forget
        "",  # detach
    )
    cut_in_a_name = relationship(
        "Child",
        cascade="save-update, merge, delete, delete-orphan"  # the cut is inside the name
        "",
    )
    listed = relationship("Child", cascade="save-update, merge, delete")
    alone = relationship("Child", cascade="none")
    # nothing to do
    default = relationship("Child")
    explicit = relationship("Child", cascade="save-update, merge, delete, delete-orphan")
    nothing = relationship("Child", cascade="")
    none = relationship("Child", cascade=None)
    emptied = relationship("Child", cascade="all, none")
    expunge_only = relationship("Child", cascade="save-update, merge, expunge")
