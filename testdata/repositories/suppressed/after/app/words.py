from sqlalchemy.orm import relationship


class Suppressed:
    code = relationship("Post", cascade="all")  # cascade-fix: ignore[CAS001]
    prefix = relationship("Post", cascade="all")  # cascade-fix: ignore[CAS0]
    several = relationship("Post", cascade="all")  # cascade-fix: ignore[CAS002, CAS001]
    blanks = relationship("Post", cascade="all")  #cascade-fix:ignore [ cas201 ,cas001, ]
    shouted = relationship("Post", cascade="all")  # CASCADE-FIX: IGNORE[CAS001]
    explained = relationship("Post", cascade="all")  # cascade-fix: ignore[CAS001] posts are refreshed by hand
    behind = relationship("Post", cascade="all")  # type: ignore[misc]  # cascade-fix: ignore
    noqa = relationship("Post", cascade="all")  # noqa: CAS001
    noqa_prefix = relationship("Post", cascade="all")  # noqa:CAS0
    noqa_list = relationship("Post", cascade="all")  # noqa: E501, CAS001
    noqa_blanks = relationship("Post", cascade="all")  # noqa : E501 cas001
    noqa_explained = relationship("Post", cascade="all")  # noqa: CAS001 posts are refreshed by hand
    noqa_bare = relationship("Post", cascade="all")  # NoQA
    noqa_behind = relationship("Post", cascade="all")  # of the user  # noqa
    noqa_on_the_value = relationship(
        "Post",
        cascade="all",  # noqa
    )
    noqa_on_the_last_line = relationship(
        "Post",
        cascade="all",
    )  # noqa
    noqa_between = relationship(
        "Post",  # noqa: CAS001
        cascade="all",
    )


class NotSuppressed:
    other_code = relationship("Post", cascade="save-update, merge, expunge, delete")  # cascade-fix: ignore[CAS002]
    longer_code = relationship("Post", cascade="save-update, merge, expunge, delete")  # cascade-fix: ignore[CAS0011]
    no_code = relationship("Post", cascade="save-update, merge, expunge, delete")  # cascade-fix: ignore[]
    open_list = relationship("Post", cascade="save-update, merge, expunge, delete")  # cascade-fix: ignore[CAS001
    no_colon = relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )  # cascade-fix ignore
    no_dash = relationship("Post", cascade="save-update, merge, expunge, delete")  # cascadefix: ignore
    blank_before_the_colon = relationship("Post", cascade="save-update, merge, expunge, delete")  # cascade-fix : ignore
    longer_word = relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )  # cascade-fix: ignored
    prose = relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )  # cascade-fix: see the notes on refresh
    quoted = relationship("Post", cascade="save-update, merge, expunge, delete")  # say "cascade-fix: ignore" to leave it alone
    of_the_file = relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )  # cascade-fix: ignore-file
    in_a_string = relationship(
        "Post",
        cascade="save-update, merge, expunge, delete",
        doc="# cascade-fix: ignore",
    )
    in_a_long_string = relationship(
        "Post",
        cascade="save-update, merge, expunge, delete",
        doc="""
        # cascade-fix: ignore
        # cascade-fix: ignore-file
        # noqa: CAS001
        """,
    )
    noqa_in_a_string = relationship(
        "Post", cascade="save-update, merge, expunge, delete", doc="# noqa"
    )
    noqa_longer_code = relationship("Post", cascade="save-update, merge, expunge, delete")  # noqa: CAS0011
    noqa_other_code = relationship("Post", cascade="save-update, merge, expunge, delete")  # noqa: E501
    noqa_other_tool = relationship("Post", cascade="save-update, merge, expunge, delete")  # noqa: C
    noqa_in_prose = relationship("Post", cascade="save-update, merge, expunge, delete")  # noqa: E501 not CAS001
    noqa_without_codes = relationship("Post", cascade="save-update, merge, expunge, delete")  # noqa: the line is long
    noqa_word = relationship("Post", cascade="save-update, merge, expunge, delete")  # noqable
    noqa_of_the_file = relationship("Post", cascade="save-update, merge, expunge, delete")  # flake8: noqa: CAS001
    noqa_elsewhere = relationship(
        "Post",  # noqa
        cascade="save-update, merge, expunge, delete",
    )
    # noqa: CAS001
    noqa_above = relationship("Post", cascade="save-update, merge, expunge, delete")
    # cascade-fix: ignore

    above_a_blank_line = relationship(
        "Post", cascade="save-update, merge, expunge, delete"
    )
    below = relationship("Post", cascade="save-update, merge, expunge, delete")
    # cascade-fix: ignore
    other = relationship("Post", cascade="save-update")


# cascade-fix: ignore
class AboveTheClass:
    posts = relationship("Post", cascade="save-update, merge, expunge, delete")
