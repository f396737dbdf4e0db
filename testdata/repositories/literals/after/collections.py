from sqlalchemy.orm import relationship


class Parent(Base):
    a_list = relationship(
        "Child", cascade=["save-update", "merge", "delete", "delete-orphan"]
    )
    a_tuple = relationship(
        "Child", cascade=("save-update", "merge", "delete", "delete-orphan")
    )
    one = relationship("Child", cascade=("save-update", "merge", "delete"))
    one_left = relationship("Child", cascade=("merge",))
    a_set = relationship(
        "Child", cascade={"save-update", "merge", "delete", "delete-orphan"}
    )
    a_frozenset = relationship(
        "Child", cascade=frozenset({"save-update", "merge", "delete"})
    )
    a_frozenset_of_a_list = relationship("Child", cascade=frozenset(["save-update", "merge", "delete", "delete-orphan"]))
    a_list_call = relationship(
        "Child", cascade=list(("save-update", "merge", "delete"))
    )
    emptied_list = relationship("Child", cascade=[])
    emptied_set = relationship("Child", cascade=set())
    emptied_frozenset = relationship("Child", cascade=frozenset(()))
    over_lines = relationship(
        "Child",
        cascade=[
            "save-update",
            "merge",
            "delete",
            "delete-orphan",
        ],
    )
    with_comments = relationship(
        "Child",
        cascade=[
            # what goes along
            "save-update",
            "merge",
            "delete",  # everything
            "delete-orphan",  # and what is let go
        ],
    )
    removed = relationship(
        "Child",
        cascade=(
            "save-update",
            "merge",  # copies
            # forgets
        ),
    )
    on_one_line_with_a_comment = relationship("Child", cascade=["save-update", "merge", "delete", "delete-orphan",  # both
    ])
    emptied_with_trailing_comma = relationship("Child", cascade=frozenset((),))
    emptied_with_comment = relationship(
        "Child",
        cascade=[
            # why we do
        ],
    )
    parenthesized_item = relationship(
        "Child",
        cascade=[
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
            "merge",
        ),
    )
    orphans_first = relationship(
        "Child",
        cascade=[
            "delete-orphan",
            "save-update",
            "merge",
            "delete",
        ],
    )
    # nothing to do
    explicit = relationship("Child", cascade=["save-update", "merge"])
    empty = relationship("Child", cascade=[])
    empty_set = relationship("Child", cascade=set())
    empty_dictionary = relationship("Child", cascade={})
