from sqlalchemy.orm import relationship


class Parent(Base):
    a_list = relationship("Child", cascade=["all", "delete-orphan"])
    a_tuple = relationship("Child", cascade=("all", 'delete-orphan'))
    one = relationship("Child", cascade=("all",))
    one_left = relationship("Child", cascade=("merge", "refresh-expire"))
    a_set = relationship("Child", cascade={"all", "delete-orphan"})
    a_frozenset = relationship("Child", cascade=frozenset({"all"}))
    a_frozenset_of_a_list = relationship("Child", cascade=frozenset(["all", "delete-orphan"]))
    a_list_call = relationship("Child", cascade=list(("all",)))
    emptied_list = relationship("Child", cascade=["refresh-expire"])
    emptied_set = relationship("Child", cascade={"refresh-expire"})
    emptied_frozenset = relationship("Child", cascade=frozenset({"refresh-expire"}))
    over_lines = relationship(
        "Child",
        cascade=[
            "all",
            "delete-orphan",
        ],
    )
    with_comments = relationship(
        "Child",
        cascade=[
            # what goes along
            "all",  # everything
            "delete-orphan",  # and what is let go
        ],
    )
    removed = relationship(
        "Child",
        cascade=(
            "save-update",
            "merge",  # copies
            "refresh-expire",  # forgets
            "expunge",
        ),
    )
    on_one_line_with_a_comment = relationship("Child", cascade=["all", "delete-orphan",  # both
    ])
    emptied_with_trailing_comma = relationship("Child", cascade=frozenset({"refresh-expire"},))
    emptied_with_comment = relationship(
        "Child",
        cascade=[
            # why we do
            "refresh-expire",
        ],
    )
    parenthesized_item = relationship(
        "Child",
        cascade=[
            ("refresh-expire"),
            "merge",
        ],
    )
    comment_before_the_comma = relationship(
        "Child",
        cascade=["refresh-expire"  # forgets
                 , "merge"],
    )
    tuple_of_one_left = relationship(
        "Child",
        cascade=(
            "refresh-expire",
            "merge"
        ),
    )
    orphans_first = relationship(
        "Child",
        cascade=[
            "delete-orphan",
            "all",
        ],
    )
    # nothing to do
    explicit = relationship("Child", cascade=["save-update", "merge"])
    empty = relationship("Child", cascade=[])
    empty_set = relationship("Child", cascade=set())
    empty_dictionary = relationship("Child", cascade={})
