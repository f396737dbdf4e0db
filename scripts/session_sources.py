"""Writes a repository of `session_models.py` as Python source, in the ways in which models are written."""

HEADER = """from typing import List, Optional, Set

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import backref, declared_attr, relationship
"""
MAPPED = "from sqlalchemy.orm import Mapped, mapped_column\n"
SQLMODEL = "from sqlmodel import Field, Relationship\n"
BASES = {
    "declarative": "from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n",
    "mapped": "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
    "sqlmodel": (
        "from sqlalchemy.orm import registry\nfrom sqlmodel import SQLModel\n\n\n"
        "class Base(SQLModel, registry=registry()):\n    pass\n"
    ),
}


def files(repository):
    """The text of each file, by its path below the repository's root."""
    style = "sqlmodel" if repository.is_sqlmodel else "mapped" if repository.has_mapped else "declarative"
    texts = Texts(repository)
    parts = {f"app/part{number}.py": texts.module(number) for number in range(repository.modules)}
    imports = "".join(f"from . import part{number}\n" for number in range(repository.modules))
    found = {
        "pyproject.toml": "",
        "app/__init__.py": f"from .base import Base\n{imports}",
        "app/base.py": BASES[style],
        "app/cascades.py": "\n".join(f"{name} = {text!r}" for text, name in texts.shared.items()) + "\n",
        **parts,
    }
    if repository.detaches:
        found["app/service.py"] = f"def forget(session, thing):\n    {repository.detaches}\n"
    return found


class Texts:
    def __init__(self, repository):
        self.repository = repository
        # the constants of app/cascades.py, by value
        self.shared = {}
        # those of the module that is written
        self.constants = {}

    def module(self, number):
        self.constants = {}
        classes = [known for known in self.repository.classes.values() if known.module == number]
        # a base class before those below
        classes.sort(key=lambda known: known.base is not None)
        links = [self.link(relation) for relation in self.repository.relations if self.is_linked_in(relation, number)]
        bodies = [self.class_text(known) for known in classes]
        header = (
            HEADER + (MAPPED if self.repository.has_mapped else "") + (SQLMODEL if self.repository.is_sqlmodel else "")
        )
        constants = [f"{name} = {value}" for name, value in self.constants.items()]
        return "\n".join([header, "from . import cascades\nfrom .base import Base", "", *constants, *links, *bodies])

    def is_linked_in(self, relation, number):
        return relation.kind == "many-to-many" and self.repository.classes[relation.parent].module == number

    def link(self, relation):
        columns = [
            f"Column({name!r}, ForeignKey('{self.repository.table(owner)}.id'))"
            for name, owner in (("left_id", relation.parent), ("right_id", relation.child))
        ]
        return f"link{relation.number} = Table('link{relation.number}', Base.metadata, {', '.join(columns)})"

    def class_text(self, known):
        own, mixed, mixins = [], [], []
        for relation in self.repository.relations:
            own += self.foreign_key(relation, known)
            for side in relation.sides():
                is_made_by_other = relation.form == ("backref" if side is relation.up else "backref-up")
                if side.owner != known.name or is_made_by_other:
                    continue
                (own if side.place == "class" else mixed).append(self.declaration(relation, side, known))
        text = ""
        if mixed:
            is_abstract = known.is_abstract_above and not known.base
            mixins.append(f"{known.name}Shared")
            above = "(Base):\n    __abstract__ = True\n" if is_abstract else ":"
            text += "\n".join([f"\n\nclass {known.name}Shared{above}", *map(self.declared, mixed), ""])
            mixins = [f"{known.name}Shared"] if is_abstract else [f"{known.name}Shared", known.base or "Base"]
        bases = ", ".join(mixins or [known.base or "Base"]) + (", table=True" if self.repository.is_sqlmodel else "")
        own = [f"    {name}{annotation} = {value}" for name, annotation, value in own]
        return text + "\n".join([f"\n\nclass {known.name}({bases}):", *self.columns(known), *own, ""])

    def declared(self, declaration):
        name, annotation, value = declaration
        returns = annotation.replace(": ", " -> ", 1)
        return f"    @declared_attr\n    def {name}(cls){returns}:\n        return {value}\n"

    def columns(self, known):
        table = known.name.lower()
        has_subclasses = any(other.base == known.name for other in self.repository.classes.values())
        lines = [f"    __tablename__ = '{table}'"] if known.is_table else []
        if self.repository.is_sqlmodel:
            return lines + [
                "    id: Optional[int] = Field(default=None, primary_key=True)",
                "    name: Optional[str] = None",
            ]
        if known.base:
            if known.is_table:
                lines.append(f"    id = Column(ForeignKey('{known.base.lower()}.id'), primary_key=True)")
            return lines + [f"    __mapper_args__ = {{'polymorphic_identity': '{table}'}}"]
        if known.is_mapped:
            lines += ["    id: Mapped[int] = mapped_column(primary_key=True)", "    name: Mapped[Optional[str]]"]
        else:
            lines += ["    id = Column(Integer, primary_key=True)", "    name = Column(String)"]
        if has_subclasses:
            lines.append("    kind = Column(String)")
            lines.append(f"    __mapper_args__ = {{'polymorphic_on': kind, 'polymorphic_identity': '{table}'}}")
        return lines

    def foreign_key(self, relation, known):
        if relation.kind == "many-to-many" or relation.child != known.name:
            return []
        name, target = f"r{relation.number}_id", f"'{self.repository.table(relation.parent)}.id'"
        is_nullable = not relation.is_required
        if self.repository.is_sqlmodel:
            return [(name, ": Optional[int]", f"Field(default=None, foreign_key={target}, nullable={is_nullable})")]
        if known.is_mapped:
            return [(name, ": Mapped[Optional[int]]", f"mapped_column(ForeignKey({target}), nullable={is_nullable})")]
        return [(name, "", f"Column(ForeignKey({target}), nullable={is_nullable})")]

    def declaration(self, relation, side, known):
        arguments = [f"'{side.target}'", *self.keywords(relation, side)]
        kind = "Set" if "collection_class=set" in side.options else "List"
        of_target = f"{kind}['{side.target}']" if side.is_many else f"Optional['{side.target}']"
        if self.repository.is_sqlmodel:
            keywords = ", ".join(
                f"{keyword.partition('=')[0]!r}: {keyword.partition('=')[2]}" for keyword in arguments[1:]
            )
            return side.attribute, f": {of_target}", f"Relationship(sa_relationship_kwargs={{{keywords}}})"
        annotation = f": Mapped[{of_target}]" if known.is_mapped else ""
        return side.attribute, annotation, f"relationship({', '.join(arguments)})"

    def keywords(self, relation, side):
        keywords = self.of_side(relation, side)
        other = relation.other(side)
        if relation.form == "populates":
            keywords.append(f"back_populates='{other.attribute}'")
        if relation.form.startswith("backref"):
            keywords.append(f"backref={self.backref(relation, other)}")
        if relation.kind == "many-to-many":
            is_here = side.spelling % 2 or side is relation.up or side.place == "mixin"
            keywords.append(f"secondary='link{relation.number}'" if is_here else f"secondary=link{relation.number}")
        return keywords + self.join(relation, side)

    def of_side(self, relation, side):
        keywords = [self.spelled(side.cascade, side.spelling)] if side.cascade is not None else []
        if side is relation.down and not side.is_many:
            keywords.append("uselist=False")
        return keywords + list(side.options)

    def backref(self, relation, other):
        keywords = self.of_side(relation, other)
        if other is relation.up and relation.parent == relation.child and relation.kind != "many-to-many":
            keywords.append(f"remote_side='{relation.parent}.id'")
        if not keywords:
            return f"'{other.attribute}'"
        if other.spelling % 3 or any(keyword.startswith("**") for keyword in keywords):
            return f"backref('{other.attribute}', {', '.join(keywords)})"
        pairs = [f"{keyword.partition('=')[0]!r}: {keyword.partition('=')[2]}" for keyword in keywords]
        return f"('{other.attribute}', {{{', '.join(pairs)}}})"

    def join(self, relation, side):
        parent, child = relation.parent, relation.child
        if relation.kind == "many-to-many":
            if parent != child:
                return []
            ends = ["left_id", "right_id"] if side is relation.down else ["right_id", "left_id"]
            joins = [f"'{parent}.id == link{relation.number}.c.{end}'" for end in ends]
            return [f"primaryjoin={joins[0]}", f"secondaryjoin={joins[1]}"]
        key = f"{child}.r{relation.number}_id"
        keywords = {
            "foreign_keys": [f"foreign_keys='{key}'"],
            "primaryjoin": [f"primaryjoin='{parent}.id == {key}'"],
            "": [],
        }[relation.join]
        if parent == child and side is relation.up:
            keywords.append(f"remote_side='{parent}.id'")
        return keywords

    def spelled(self, cascade, spelling):
        """A cascade as a keyword: most are literals."""
        names = [name.strip() for name in cascade.split(",")]
        if spelling == 0:
            return f"cascade={names!r}"
        if spelling == 1:
            return f"cascade={', '.join(names)!r}" if len(names) < 2 else f"cascade=', '.join({tuple(names)!r})"
        if spelling == 2:
            return f"cascade={self.constant('OWNED', repr(cascade))}"
        if spelling == 3:
            return f"cascade=cascades.{self.shared.setdefault(cascade, f'OWNED_{len(self.shared)}')}"
        if spelling == 4:
            name = self.shared.setdefault(cascade, f"OWNED_{len(self.shared)}")
            return f"cascade={self.constant('IMPORTED', f'cascades.{name}')}"
        if spelling == 5 and not self.repository.is_sqlmodel:
            return f"**{self.constant('OPTIONS', repr({'cascade': cascade}))}"
        return f"cascade={cascade!r}"

    def constant(self, prefix, value):
        """The name of a constant with the value, of the module that is written."""
        for name, other in self.constants.items():
            if other == value and name.startswith(prefix):
                return name
        name = f"{prefix}_{len(self.constants)}"
        self.constants[name] = value
        return name
