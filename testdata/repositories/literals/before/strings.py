from sqlalchemy.orm import relationship


class Parent(Base):
    double = relationship("Child", cascade="all, delete-orphan")
    single = relationship('Child', cascade='all, delete-orphan')
    triple = relationship("Child", cascade="""all, delete-orphan""")
    triple_single = relationship("Child", cascade='''all''')
    raw = relationship("Child", cascade=r"all")
    unicode = relationship("Child", cascade=u'all')
    raw_upper = relationship("Child", cascade=R"all, delete")
    formatted = relationship("Child", cascade=f"all, delete-orphan")
    escaped = relationship("Child", cascade="\x61ll\x2c delete\u002dorphan")
    continued = relationship("Child", cascade="all, \
delete-orphan")
    no_blank = relationship("Child", cascade="all,delete-orphan")
    many_blanks = relationship("Child", cascade="all ,\tdelete-orphan")
    commas = relationship("Child", cascade=",all,,delete-orphan,")
    doubled = relationship("Child", cascade="all, all, delete")
    parenthesized = relationship("Child", cascade=("all"))
    twice_parenthesized = relationship("Child", cascade=(("all, delete-orphan")))
    blanks_around = relationship("Child", cascade = "all")
    concatenated = relationship("Child", cascade="all, " 'delete-orphan')
    over_lines = relationship(
        "Child",
        cascade=(
            "all, "
            "delete-orphan"
        ),
    )
    with_comments = relationship(
        "Child",
        cascade=(  # owned
            "all, "  # everything
            'delete-orphan'  # and what is let go
        ),  # really
    )
    without_a_blank_between = relationship(
        "Child",
        cascade=(
            "save-update, "  # saved
            "refresh-expire, ""merge"  # copied
        ),
    )
    behind_blanks = relationship(
        "Child",
        cascade=(  "refresh-expire, "  # expired
            "save-update, merge"  # kept
        ),
    )
    with_comments_between = relationship(
        "Child",
        cascade="save-update, "  # insert
        "merge, "  # copy
        "refresh-expire, "  # forget
        "expunge",  # detach
    )
    cut_in_a_name = relationship(
        "Child",
        cascade="all, delete"  # the cut is inside the name
        "-orphan",
    )
    listed = relationship("Child", cascade="save-update, merge, refresh-expire, expunge, delete")
    alone = relationship("Child", cascade="refresh-expire")
    # nothing to do
    default = relationship("Child")
    explicit = relationship("Child", cascade="save-update, merge, delete, delete-orphan")
    nothing = relationship("Child", cascade="")
    none = relationship("Child", cascade=None)
    emptied = relationship("Child", cascade="all, none")
    expunge_only = relationship("Child", cascade="save-update, merge, expunge")
