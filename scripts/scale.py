#!/usr/bin/env python3
"""Measures whether the cost of a run grows with the length of its input alone: input twice as long may take 2.3 times as long.

    scripts/scale.py BINARY [WORD ...] [--seconds S]

Each shape is a file of one kind of code, many times over: relationships, constants, items of dictionaries, cells of a notebook. Of each, a
file is made that is large enough to take a while (half of --seconds, 0.8) or has about 5 MB, and one half as long. `check` and `diff` run on both in
a repository of their own; what counts is the processor time of the process, less that of a run on an empty file, and of several runs the
best. A shape that seems to grow by more is measured twice again. WORDs choose the shapes whose names have one. Takes about a quarter of
an hour. Exit status 1 if a shape grows by more each time, takes longer than 20 seconds, or ends with another status than findings have.
"""
import argparse, json, os, pathlib, resource, subprocess, sys, tempfile, time

MOST_GROWTH = 2.3
LIMIT = 20
LARGEST = 5_000_000
#: what is less is the start of the process, or its noise
LEAST = 0.05
#: how often a shape that seems to grow by more is measured again
AGAIN = 2

HEAD = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, mapped_column, relationship

class Base(DeclarativeBase): pass
"""
ALL = 'relationship("T", cascade="all")'
VALUE = '"all"'
SHAPES = {}


def shape(function):
    """A shape: how it is called, and what makes the text of one with `n` pieces."""
    SHAPES[function.__name__.replace("_", " ")] = function
    return function


def each(n, piece, head=HEAD):
    """The head and what `piece` gives for each number."""
    return head + "".join(map(piece, range(n)))


def in_class(n, piece, before=""):
    return HEAD + before + "class A(Base):\n" + "".join(map(piece, range(n)))


def notebook(*cells):
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell} for cell in cells]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


# relationships and models


@shape
def relationships(n):
    return in_class(n, lambda i: f"    x{i} = {ALL}\n")


@shape
def relationships_of_the_module(n):
    return each(n, lambda i: f"x{i} = {ALL}\n")


@shape
def annotated_relationships(n):
    return in_class(n, lambda i: f'    x{i}: Mapped[list["T{i}"]] = relationship(cascade="all", back_populates="a")\n')


@shape
def models(n):
    return each(n, lambda i: f'class M{i}(Base):\n    x = relationship("M{i + 1}", cascade="all", backref=backref("y", cascade="all"))\n')


@shape
def models_with_columns(n):
    return each(
        n,
        lambda i: f'class M{i}(Base):\n    __tablename__ = "m{i}"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
        f'    m_id: Mapped[int] = mapped_column(ForeignKey("m{i - 1}.id"))\n'
        f'    x: Mapped[list["M{i + 1}"]] = relationship(back_populates="y", cascade="all")\n'
        f'    y: Mapped["M{i - 1}"] = relationship(back_populates="x")\n',
    )


@shape
def orphans(n):
    return each(n, lambda i: f'class M{i}(Base):\n    x: Mapped[list["M{i + 1}"]] = relationship(cascade="all, delete-orphan")\n')


@shape
def models_of_one_target(n):
    return each(n, lambda i: f'class M{i}(Base):\n    x: Mapped[list["M0"]] = relationship(cascade="all", backref="m{i}")\n')


@shape
def bases_in_a_chain(n):
    return each(n, lambda i: f"class M{i}({f'M{i - 1}' if i else 'Base'}):\n    x{i} = {ALL}\n")


@shape
def bases_of_one_class(n):
    bases = ", ".join(f"M{i}" for i in range(n))
    return each(n, lambda i: f"class M{i}:\n    x{i} = {ALL}\n") + f"class A({bases}):\n    y = {ALL}\n"


@shape
def one_name(n):
    return in_class(n, lambda i: f"    x = {ALL}\n")


@shape
def properties(n):
    return each(n, lambda i: f'x{i} = relationship("T")\nx{i}.cascade = "all"\n')


@shape
def properties_of_one(n):
    return HEAD + 'x = relationship("T")\n' + 'x.cascade = "all"\n' * n


@shape
def flags(n):
    head = "from sqlmodel import Relationship, SQLModel\nclass A(SQLModel, table=True):\n"
    return each(n, lambda i: f'    x{i}: list["T"] = Relationship(cascade_delete=True)\n', head)


@shape
def written_with_a_comment_line(n):
    return in_class(n, lambda i: f"    # about it\n    x{i} = {ALL}\n")


@shape
def long_statements(n):
    return in_class(
        n, lambda i: f'    x{i} = relationship("T", primaryjoin="A.id == T.a_id", order_by="T.name", cascade="all, refresh-expire")\n'
    )


# constants


@shape
def constants(n):
    return each(n, lambda i: f'C{i} = "all"\n') + in_class(n, lambda i: f'    x{i} = relationship("T", cascade=C{i})\n')[len(HEAD) :]


@shape
def constants_beside_their_use(n):
    return each(n, lambda i: f'C{i} = "all"\nx{i} = relationship("T", cascade=C{i})\n')


@shape
def one_constant(n):
    return HEAD + 'C = "all"\n' + in_class(n, lambda i: f'    x{i} = relationship("T", cascade=C)\n')[len(HEAD) :]


@shape
def one_constant_of_a_loop(n):
    return HEAD + 'for C in ("all", "merge"):\n' + "".join(f'    x{i} = relationship("T", cascade=C)\n' for i in range(n))


@shape
def constants_in_a_chain(n):
    return each(n, lambda i: f"C{i} = C{i - 1}\n" if i else 'C0 = "all"\n') + f'x = relationship("T", cascade=C{n - 1})\n'


@shape
def constants_in_a_chain_all_used(n):
    return each(n, lambda i: (f"C{i} = C{i - 1}\n" if i else 'C0 = "all"\n') + f'x{i} = relationship("T", cascade=C{i})\n')


@shape
def constants_in_chains_of_three(n):
    return each(n, lambda i: f'A{i} = "all"\nB{i} = A{i}\nC{i} = B{i}\nx{i} = relationship("T", cascade=C{i})\n')


@shape
def one_constant_assigned_often(n):
    return HEAD + 'C = "all"\n' * n + 'x = relationship("T", cascade=C)\n'


@shape
def one_constant_assigned_and_used_often(n):
    return each(n, lambda i: f'C = "all"\nx{i} = relationship("T", cascade=C)\n')


@shape
def one_constant_changed_often(n):
    return HEAD + 'C = "all"\n' + 'C += ", merge"\n' * n + 'x = relationship("T", cascade=C)\n'


@shape
def constants_of_a_class(n):
    return each(n, lambda i: f'    C{i} = "all"\n', HEAD + "class C:\n") + "".join(
        f'x{i} = relationship("T", cascade=C.C{i})\n' for i in range(n)
    )


@shape
def constants_assigned_in_one_statement(n):
    names = ", ".join(f"C{i}" for i in range(n))
    values = ", ".join('"all"' for _ in range(n))
    return each(n, lambda i: f'x{i} = relationship("T", cascade=C{i})\n', HEAD + f"{names} = {values}\n")


@shape
def names_read_by_others(n):
    return each(n, lambda i: f'C{i} = "all"\nx{i} = relationship("T", cascade=C{i})\nprint(C{i})\n')


@shape
def names_in_strings(n):
    return each(n, lambda i: f'C{i} = "all"\nx{i} = relationship("T", cascade=C{i})\ny{i} = "C{i} and C"\n')


@shape
def exported(n):
    names = ", ".join(f'"C{i}"' for i in range(n))
    return each(n, lambda i: f'C{i} = "all"\nx{i} = relationship("T", cascade=C{i})\n', HEAD + f"__all__ = [{names}]\n")


@shape
def looked_up_by_any_name(n):
    return each(n, lambda i: f'C{i} = "all"\nx{i} = relationship("T", cascade=C{i})\nglobals()[y]\n')


# dictionaries


@shape
def dictionaries(n):
    return each(n, lambda i: f'd{i} = {{"cascade": "all"}}\nx{i} = relationship("T", **d{i})\n')


@shape
def dictionaries_in_place(n):
    return each(n, lambda i: f'x{i} = relationship("T", **{{"cascade": "all"}})\n')


@shape
def one_dictionary(n):
    return each(n, lambda i: f'x{i} = relationship("T", **d)\n', HEAD + 'd = {"cascade": "all"}\n')


@shape
def one_dictionary_with_many_items(n):
    items = "".join(f'    "k{i}": {i},\n' for i in range(n))
    return HEAD + f'd = {{\n{items}    "cascade": "all",\n}}\nx = relationship("T", **d)\n'


@shape
def one_dictionary_with_many_cascades(n):
    items = "".join('    "cascade": "all",\n' for _ in range(n))
    return HEAD + f'd = {{\n{items}}}\nx = relationship("T", **d)\n'


@shape
def items_of_one_dictionary_all_used(n):
    items = "".join(f'    "k{i}": "all",\n' for i in range(n))
    return each(n, lambda i: f'x{i} = relationship("T", cascade=d["k{i}"])\n', HEAD + f"d = {{\n{items}}}\n")


@shape
def items_set_one_by_one(n):
    return HEAD + "d = {}\n" + "".join(f'd["k{i}"] = "all"\n' for i in range(n)) + 'x = relationship("T", cascade=d["k1"])\n'


@shape
def items_set_one_by_one_and_splatted(n):
    return HEAD + "d = {}\n" + "".join(f'd["k{i}"] = {i}\n' for i in range(n)) + 'd["cascade"] = "all"\nx = relationship("T", **d)\n'


@shape
def items_set_one_by_one_all_used(n):
    return (
        HEAD
        + "d = {}\n"
        + "".join(f'd["k{i}"] = "all"\n' for i in range(n))
        + "".join(f'x{i} = relationship("T", cascade=d["k{i}"])\n' for i in range(n))
    )


@shape
def items_set_in_dictionaries_of_their_own(n):
    return each(n, lambda i: f'd{i} = {{}}\nd{i}["cascade"] = "all"\nx{i} = relationship("T", **d{i})\n')


@shape
def one_item_set_often(n):
    return HEAD + "d = {}\n" + 'd["cascade"] = "all"\n' * n + 'x = relationship("T", **d)\n'


@shape
def one_item_set_and_used_often(n):
    return each(n, lambda i: f'd["cascade"] = "all"\nx{i} = relationship("T", **d)\n', HEAD + "d = {}\n")


@shape
def updates_of_one_dictionary(n):
    return HEAD + "d = {}\n" + 'd.update(cascade="all")\n' * n + 'x = relationship("T", **d)\n'


@shape
def dictionaries_in_a_chain(n):
    return each(n, lambda i: f"d{i} = {{**d{i - 1}}}\n" if i else 'd0 = {"cascade": "all"}\n') + f'x = relationship("T", **d{n - 1})\n'


@shape
def splats_in_one_dictionary(n):
    splats = "".join(f"    **d{i},\n" for i in range(n))
    return each(n, lambda i: f'd{i} = {{"cascade": "all"}}\n') + f'd = {{\n{splats}}}\nx = relationship("T", **d)\n'


@shape
def splats_in_one_call(n):
    splats = ", ".join(f"**d{i}" for i in range(n))
    return each(n, lambda i: f'd{i} = {{"k{i}": 1}}\n') + f'x = relationship("T", {splats}, cascade="all")\n'


@shape
def keywords_of_one_call(n):
    return HEAD + f'x = relationship("T", cascade="all", {", ".join(f"k{i}={i}" for i in range(n))})\n'


# functions


@shape
def wrappers(n):
    return each(n, lambda i: f'def f{i}(t):\n    return relationship(t, cascade="all")\nx{i} = f{i}("T")\n')


@shape
def wrappers_given_a_value(n):
    return each(n, lambda i: f'def f{i}(t, c):\n    return relationship(t, cascade=c)\nx{i} = f{i}("T", "all")\n')


@shape
def wrappers_given_keywords(n):
    return each(n, lambda i: f'def f{i}(t, **k):\n    return relationship(t, **k)\nx{i} = f{i}("T", cascade="all")\n')


@shape
def calls_of_one_wrapper(n):
    return each(n, lambda i: f'x{i} = f("T", "all")\n', HEAD + "def f(t, c):\n    return relationship(t, cascade=c)\n")


@shape
def calls_of_one_wrapper_with_keywords(n):
    return each(n, lambda i: f'x{i} = f("T", cascade="all")\n', HEAD + "def f(t, **k):\n    return relationship(t, **k)\n")


@shape
def parameters_of_one_wrapper(n):
    parameters = ", ".join(f"p{i}" for i in range(n))
    body = "".join(f'    relationship("T", cascade=p{i})\n' for i in range(n))
    return HEAD + f"def f({parameters}):\n{body}f({', '.join([VALUE] * n)})\n"


@shape
def wrappers_in_a_chain(n):
    return (
        each(n, lambda i: f"def f{i}(c):\n    return f{i - 1}(c)\n" if i else 'def f0(c):\n    return relationship("T", cascade=c)\n')
        + f'x = f{n - 1}("all")\n'
    )


@shape
def results_in_a_chain(n):
    return (
        each(n, lambda i: f"def f{i}():\n    return f{i - 1}()\n" if i else 'def f0():\n    return "all"\n')
        + f'x = relationship("T", cascade=f{n - 1}())\n'
    )


@shape
def results(n):
    return each(n, lambda i: f'def f{i}():\n    return "all"\nx{i} = relationship("T", cascade=f{i}())\n')


@shape
def one_result(n):
    return each(n, lambda i: f'x{i} = relationship("T", cascade=f())\n', HEAD + 'def f():\n    return "all"\n')


@shape
def one_function_with_many_returns(n):
    returns = "".join(f'    if a == {i}:\n        return "all"\n' for i in range(n))
    return HEAD + f'def f(a):\n{returns}x = relationship("T", cascade=f(y))\n'


@shape
def one_function_of_many_statements(n):
    return each(n, lambda i: f'    x{i} = relationship("T", cascade="all")\n', HEAD + "def f():\n")


@shape
def partials(n):
    return each(n, lambda i: f'f{i} = partial(relationship, cascade="all")\nx{i} = f{i}("T")\n', HEAD + "from functools import partial\n")


@shape
def lambdas(n):
    return each(n, lambda i: f'f{i} = lambda t: relationship(t, cascade="all")\nx{i} = f{i}("T")\n')


@shape
def functions_in_functions(n):
    lines = "".join(" " * i + f"def f{i}():\n" for i in range(n))
    return HEAD + lines + " " * n + f"x = {ALL}\n"


# comments


@shape
def suppressed_by_noqa(n):
    return in_class(n, lambda i: f"    x{i} = {ALL}  # noqa: CAS001\n")


@shape
def suppressed_by_a_comment(n):
    return in_class(n, lambda i: f"    x{i} = {ALL}  # cascade-fix: ignore\n")


@shape
def suppressed_by_a_line_above(n):
    return in_class(n, lambda i: f"    # cascade-fix: ignore[CAS001] -- so it is\n    x{i} = {ALL}\n")


@shape
def suppressions_of_nothing(n):
    return in_class(n, lambda i: f"    x{i} = 1  # cascade-fix: ignore\n") + f"    y = {ALL}\n"


@shape
def suppressions_in_one_call(n):
    lines = "".join("    # cascade-fix: ignore[CAS002]\n" for _ in range(n))
    return HEAD + f'x = relationship(\n    "T",\n{lines}    cascade="all",\n)\n'


@shape
def suppressions_in_one_comment(n):
    return HEAD + f"x = {ALL}  " + "# noqa: CAS002 " * n + "\n"


@shape
def suppressions_above_each_other(n):
    return HEAD + "# cascade-fix: ignore[CAS002]\n" * n + f"x = {ALL}\n"


@shape
def suppressions_of_constants(n):
    return each(n, lambda i: f'C{i} = "all"  # noqa: CAS001\nx{i} = relationship("T", cascade=C{i})\n')


@shape
def pragmas(n):
    return in_class(n, lambda i: f"    x{i} = {ALL}  # type: ignore\n")


@shape
def comments_behind_a_site(n):
    return in_class(1, lambda i: f"    x{i} = {ALL}\n") + "    # a line of a comment\n" * n


@shape
def comments_at_the_margin(n):
    return in_class(1, lambda i: f"    x{i} = {ALL}\n") + "# a line of a comment\n" * n


@shape
def comments_before_a_site(n):
    return HEAD + "# a line of a comment\n" * n + f"x = {ALL}\n"


@shape
def comments_in_a_call(n):
    return HEAD + "x = relationship(\n" + "    # a line of a comment\n" * n + '    "T", cascade="all")\n'


@shape
def blank_lines(n):
    return HEAD + f"x = {ALL}\n" + "\n" * n * 10 + f"y = {ALL}\n"


@shape
def a_long_docstring(n):
    return HEAD + f"x = {ALL}\n" + '"""' + "a line of a text: x\n" * n + '"""\n'


# nesting


@shape
def calls_in_calls(n):
    return HEAD + 'x = relationship("T", cascade=' + "f(" * n + VALUE + ")" * n + ")\n"


@shape
def calls_around_a_relationship(n):
    return HEAD + f"x = {'f(' * n}{ALL}{')' * n}\n"


@shape
def brackets(n):
    return HEAD + 'x = relationship("T", cascade=' + "(" * n + VALUE + ")" * n + ")\n"


@shape
def lists_in_lists(n):
    return HEAD + f"x = {'[' * n}{ALL}{']' * n}\n"


@shape
def backrefs_in_backrefs(n):
    return HEAD + "x = " + 'relationship("T", cascade="all", backref=backref("a", cascade="all", x=' * n + "1" + "))" * n + "\n"


@shape
def relationships_in_relationships(n):
    return HEAD + "x = " + 'relationship("T", cascade="all", x=' * n + "1" + ")" * n + "\n"


@shape
def dictionaries_in_dictionaries(n):
    return HEAD + 'x = relationship("T", **' + "{**" * n + '{"cascade": "all"}' + "}" * n + ")\n"


@shape
def methods_of_calls(n):
    return HEAD + f'x = relationship("T", cascade=a{".f()" * n})\n'


@shape
def attributes_of_attributes(n):
    return HEAD + f'x = relationship("T", cascade=a{".b" * n})\n'


@shape
def nots(n):
    return HEAD + f'x = relationship("T", cascade="all", viewonly={"not " * n}y)\n'


@shape
def conditions_in_conditions(n):
    lines = "".join(" " * i + "if a:\n" for i in range(n))
    return HEAD + lines + " " * n + f"x = {ALL}\n"


@shape
def elifs(n):
    return HEAD + "if a:\n    pass\n" + "".join(f'elif a == {i}:\n    C = "all"\n' for i in range(n)) + 'x = relationship("T", cascade=C)\n'


# values


@shape
def parts_of_a_text(n):
    return HEAD + 'x = relationship("T", cascade=' + " + ".join(['"all, "'] * n) + ")\n"


@shape
def strings_side_by_side(n):
    return HEAD + 'x = relationship("T", cascade=' + " ".join(['"merge, "'] * n) + ")\n"


@shape
def a_long_f_string(n):
    return HEAD + 'a = "merge, "\nx = relationship("T", cascade=f"' + "{a}" * n + '")\n'


@shape
def a_long_value(n):
    return HEAD + 'x = relationship("T", cascade="' + "merge, " * n + 'all")\n'


@shape
def a_long_unknown_value(n):
    return HEAD + f'x = relationship("T", cascade={" + ".join(f"a{i}" for i in range(n))})\n'


@shape
def conditional_values(n):
    return HEAD + 'x = relationship("T", cascade=' + "".join(f'"all" if a == {i} else ' for i in range(n)) + '"merge")\n'


@shape
def alternatives(n):
    return HEAD + f'x = relationship("T", cascade={" or ".join(f"a{i}" for i in range(n))} or "all")\n'


@shape
def joined(n):
    return HEAD + f'x = relationship("T", cascade=", ".join([{", ".join([VALUE] * n)}]))\n'


@shape
def each_with_a_condition(n):
    return each(n, lambda i: f'x{i} = relationship("T", cascade="all" if a else "merge")\n')


@shape
def unknown_values(n):
    return each(n, lambda i: f'x{i} = relationship("T", cascade=a{i})\n')


@shape
def values_of_one_loop(n):
    return HEAD + f'for c in ({", ".join([VALUE] * n)}):\n    relationship("T", cascade=c)\n'


# statements


@shape
def one_list(n):
    return HEAD + "x = [" + ", ".join([ALL] * n) + "]\n"


@shape
def one_list_over_lines(n):
    return HEAD + "x = [\n" + f"    {ALL},\n" * n + "]\n"


@shape
def one_line_of_statements(n):
    return HEAD + f"x = {ALL}; " * n + "\n"


@shape
def one_tuple_of_names(n):
    names = ", ".join(f"x{i}" for i in range(n))
    return HEAD + f"{names} = {', '.join([ALL] * n)}\n"


@shape
def properties_of_one_mapper(n):
    items = "".join(f'    "x{i}": {ALL},\n' for i in range(n))
    return HEAD + f"mapper(A, t, properties={{\n{items}}})\n"


@shape
def names_assigned_from_each_other(n):
    return HEAD + "".join(f"x{i} = " for i in range(n)) + ALL + "\n"


@shape
def imports(n):
    return each(n, lambda i: f"import m{i}\nfrom n{i} import o{i}\n") + f"x = {ALL}\n"


@shape
def imports_of_one_statement(n):
    return HEAD + f"from m import {', '.join(f'C{i}' for i in range(n))}\n" + "".join(
        f'x{i} = relationship("T", cascade=C{i})\n' for i in range(n)
    )


@shape
def star_imports(n):
    return each(n, lambda i: f'from m{i} import *\nx{i} = relationship("T", cascade=C{i})\n')


@shape
def names_of_one_scope(n):
    return each(n, lambda i: f"a{i} = {i}\n") + f"x = {ALL}\n"


@shape
def names_of_one_class(n):
    return in_class(n, lambda i: f"    a{i} = {i}\n") + f"    x = {ALL}\n"


@shape
def global_names(n):
    return each(n, lambda i: f'C{i} = "merge"\ndef f{i}():\n    global C{i}\n    C{i} = "all"\nx{i} = relationship("T", cascade=C{i})\n')


@shape
def walruses(n):
    return each(n, lambda i: f'x{i} = relationship("T", cascade=(c{i} := "all"))\n')


@shape
def syntax_errors(n):
    return each(n, lambda i: f"x{i} = {ALL}\ny = = 1\n")


@shape
def carriage_returns(n):
    return relationships(n).replace("\n", "\r\n")


@shape
def other_letters(n):
    return in_class(n, lambda i: f"    x{i} = {ALL}  # äöü€\n")


# notebooks


@shape
def a_notebook_with_one_cell(n):
    return notebook((HEAD + "".join(f"x{i} = {ALL}\n" for i in range(n))).splitlines(keepends=True))


@shape
def a_notebook_with_one_string(n):
    return notebook(HEAD + "".join(f"x{i} = {ALL}\n" for i in range(n)))


@shape
def a_notebook_with_many_cells(n):
    return notebook([HEAD], *([f"x{i} = {ALL}"] for i in range(n)))


@shape
def a_notebook_with_a_broken_cell(n):
    return notebook([HEAD], ["y = = 1"], *([f"x{i} = {ALL}"] for i in range(n)))


@shape
def a_notebook_of_broken_cells(n):
    return notebook([HEAD], *([f"x{i} = {ALL}\n", "y = = 1"] for i in range(n)))


@shape
def a_notebook_with_suppressions(n):
    return notebook([HEAD], *([f"x{i} = {ALL}  # noqa: CAS001"] for i in range(n)))


@shape
def a_notebook_with_magics(n):
    return notebook([HEAD], *(["%time a\n", f"x{i} = {ALL}"] for i in range(n)))


# sessions

SESSION = (
    HEAD
    + f"""\
from sqlalchemy.ext.asyncio import AsyncSession

class T(Base):
    __tablename__ = "t"
    id: Mapped[int] = mapped_column(primary_key=True)

class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    x = {ALL}
"""
)


@shape
def refreshes_in_one_function(n):
    return each(n, lambda i: "    await session.refresh(a)\n", SESSION + "async def f(session: AsyncSession, a: A):\n")


@shape
def refreshes_and_reads_in_one_function(n):
    return each(n, lambda i: "    await session.refresh(a)\n    print(a.x)\n", SESSION + "async def f(session: AsyncSession, a: A):\n")


@shape
def refreshes_in_functions(n):
    return each(n, lambda i: f"async def f{i}(session: AsyncSession, a: A):\n    await session.refresh(a)\n    print(a.x)\n", SESSION)


@shape
def refreshes_of_names_of_their_own(n):
    return each(n, lambda i: f"    a{i} = A()\n    await session.refresh(a{i})\n", SESSION + "async def f(session: AsyncSession):\n")


@shape
def classes_without_an_end_beside_a_refresh(n):
    return each(n, lambda i: "class A(\n", SESSION + "async def f(session: AsyncSession, a: A):\n    await session.refresh(a)\n")


@shape
def refreshes_behind_calls(n):
    return each(
        n,
        lambda i: f"async def f{i}(session: AsyncSession, a: A):\n    await f{i - 1}(session, a)\n"
        if i
        else "async def f0(session: AsyncSession, a: A):\n    await session.refresh(a)\n",
        SESSION,
    )


@shape
def refreshes_of_results(n):
    return each(
        n,
        lambda i: f"def a{i}() -> A:\n    return a{i - 1}()\nasync def f{i}(session: AsyncSession):\n    await session.refresh(a{i}())\n",
        SESSION,
    )


@shape
def refreshes_of_models(n):
    return each(
        n,
        lambda i: f'class M{i}(Base):\n    __tablename__ = "m{i}"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    x = {ALL}\n'
        f"async def f{i}(session: AsyncSession, a: M{i}):\n    await session.refresh(a)\n",
        SESSION,
    )


@shape
def a_refresh_of_models_that_load_each_other(n):
    models = range(round(n**0.5))
    leading = {
        i: "".join(f"    x{j}_id = mapped_column(ForeignKey('t{j}.id'))\n    x{j}: Mapped['M{j}'] = relationship(foreign_keys=x{j}_id, lazy='selectin', cascade='all')\n" for j in models)
        for i in models
    }
    classes = (f"class M{i}(Base):\n    __tablename__ = 't{i}'\n    id = mapped_column(primary_key=True)\n{leading[i]}" for i in models)
    coroutine = "async def f(session: AsyncSession, a: M0):\n    b = a.x1\n    await session.refresh(a)\n    print(b.id)\n"
    return SESSION + "".join(classes) + coroutine


@shape
def expunges(n):
    return each(n, lambda i: f"def f{i}(session, a: A):\n    session.expunge(a)\n", SESSION)


@shape
def branches_of_a_coroutine(n):
    body = "".join(f"    if b == {i}:\n        await session.refresh(a)\n    print(a.x)\n" for i in range(n))
    return SESSION + f"async def f(session: AsyncSession, a: A, b):\n{body}"


# the measurement


def run(binary, arguments, name, content):
    """The processor time of a run in a repository of its own with one file, and what is the matter with it."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / ".git").mkdir()
        (pathlib.Path(folder) / name).write_text(content, newline="")
        process = subprocess.Popen(
            [binary, *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT)),
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = usage.ru_utime + usage.ru_stime
    if seconds > LIMIT - 0.5:
        return seconds, f"takes longer than {LIMIT} s"
    return seconds, None if process.returncode in (0, 1) else f"ends with {process.returncode}"


def best(times, binary, arguments, name, content, start):
    """The least processor time of several runs, less that of the start."""
    seconds, fault = run(binary, arguments, name, content)
    # a run that takes long is hardly disturbed
    for _ in range(times - 1 if fault is None and seconds < 2 else 0):
        seconds = min(seconds, run(binary, arguments, name, content)[0])
    return seconds - start, fault


def measured(binary, arguments, name, make, start, enough):
    """The sizes, the times of the smaller and of the larger file, and what is the matter."""
    n, text = 64, make(64)
    while True:
        larger = make(2 * n)
        seconds, fault = best(1, binary, arguments, name, larger, start)
        if fault or seconds > enough / 2 or len(larger) > LARGEST / 2:
            break
        n *= 2 if seconds > enough / 8 else 4
    text = make(n)
    smaller, _ = best(3, binary, arguments, name, text, start)
    if fault is None and smaller > LEAST / 2:
        again, fault = best(2, binary, arguments, name, larger, start)
        seconds = min(seconds, again)
    # what grows does so each time, and what only seems to, on a machine with other work, does not
    for _ in range(AGAIN):
        if fault or seconds <= LEAST or seconds <= MOST_GROWTH * max(smaller, LEAST / 2):
            break
        smaller, _ = best(4, binary, arguments, name, text, start)
        seconds, fault = best(4, binary, arguments, name, larger, start)
    growth = seconds / max(smaller, LEAST / 2)
    if fault is None and seconds > LEAST and growth > MOST_GROWTH:
        fault = f"grows by more than {MOST_GROWTH}"
    return (n, len(larger)), (smaller, seconds), growth, fault


def main():
    parser = argparse.ArgumentParser(usage="%(prog)s BINARY [WORD ...] [--seconds S]")
    parser.add_argument("binary")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--seconds", type=float, default=0.8)
    given = parser.parse_args()
    binary, begun, faults = str(pathlib.Path(given.binary).resolve()), time.monotonic(), 0
    commands = {"check": ["check", "--output-format", "json", "--isolated"], "diff": ["diff", "--isolated"]}
    starts = {command: best(5, binary, arguments, "a.py", "", 0)[0] for command, arguments in commands.items()}
    print(f"{'shape':40} {'command':7} {'pieces':>8} {'MB':>5} {'seconds':>15} {'growth':>6}")
    for name, make in SHAPES.items():
        if given.words and not any(word in name for word in given.words):
            continue
        file = "a.ipynb" if "notebook" in name else "a.py"
        for command, arguments in commands.items():
            (n, size), (smaller, larger), growth, fault = measured(binary, arguments, file, make, starts[command], given.seconds)
            faults += fault is not None
            times = f"{smaller:7.2f} {larger:7.2f}"
            print(f"{name:40} {command:7} {2 * n:8} {size / 1e6:5.1f} {times:>15} {growth:6.2f}  {fault or ''}".rstrip(), flush=True)
    print(f"{faults} of them grow too fast or fail; {time.monotonic() - begun:.0f} s")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
