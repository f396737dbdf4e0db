#!/usr/bin/env python3
"""Asks the installed SQLAlchemy 2.0 for the direction of `P.rel` in models of more shapes, and records its answers.

scripts/directions.py       a few seconds; rewrites testdata/oracle/more_directions.jsonl
"""

import json
import pathlib
import subprocess
import sys

HEADER = """
import typing
from typing import *
from sqlalchemy import *
from sqlalchemy.orm import *

"""
BASE = "class Base(DeclarativeBase):\n    pass\n"
NAMED_BY_BASE = """class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()
"""
DECORATED = """@as_declarative()
class Base:
    id = Column(Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
"""
CHILD = "class C(Base):\n    __tablename__ = 'c'\n    id = Column(Integer, primary_key=True)\n    pid = Column(ForeignKey('p.id'))\n"
ALIASES = "Many = List['C']\nOne = Optional['C']\n"
BOX = "T = TypeVar('T')\nclass Box(Generic[T]):\n    pass\n"


def parent(relationship, base=BASE):
    return f"{base}class P(Base):\n    __tablename__ = 'p'\n    id = Column(Integer, primary_key=True)\n    {relationship}\n"


REGISTERED = "class Base(metaclass={}):\n    __abstract__ = True\n    registry = reg\n    metadata = reg.metadata\n"
META = "reg = registry()\n" + REGISTERED.format("DeclarativeMeta")
OWN_META = "reg = registry()\nclass Meta(DeclarativeMeta):\n    pass\n" + REGISTERED.format("Meta")


def annotated(annotation, arguments="'C', "):
    return parent(f"rel: {annotation} = relationship({arguments}cascade='all')") + CHILD


def named_by_base(base, of_parent, of_child="pass"):
    return f"{base}class P(Base):\n    {of_parent}\nclass C(Base):\n    {of_child}\n"


REL = "rel = relationship('C', cascade='all')"
SCHEMA = BASE.replace("pass", "metadata = MetaData(schema='core')")

TABLE = "    __tablename__ = '{}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
P, C = "class P(Base):\n" + TABLE.format("p"), "class C(Base):\n" + TABLE.format("c")
MANY = "    rel: Mapped[List['C']] = relationship(cascade='all')\n"
SNAKE = """import re
def to_snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

def resolve_table_name(name):
    names = re.split("(?=[A-Z])", name)
    return "_".join([x.lower() for x in names if x])

"""


def named_by(function, parent="Page", child="PageVersion", key="page.id", decorator="declared_attr.directive"):
    base = f"class Base(DeclarativeBase):\n    id: Mapped[int] = mapped_column(primary_key=True)\n    @{decorator}\n    def __tablename__(cls) -> str:\n"
    classes = f"class P(Base):\n    rel: Mapped[List['{child}']] = relationship(cascade='all')\nclass {child}(Base):\n    p_id: Mapped[int] = mapped_column(ForeignKey('{key}'))\n"
    if parent != "P":
        classes = classes.replace("class P(", f"class {parent}(") + f"P = {parent}\n"
    return SNAKE + base + "".join(f"        {line}\n" for line in function.splitlines()) + classes


# models as public repositories declare them
PUBLIC = {
    "an f-string names the target by a constant": BASE
    + "PREFIX = 'Page'\nclass Version(Base):\n" + TABLE.format("version")
    + "class P(Base):\n" + TABLE.format("page")
    + "    version_id: Mapped[int] = mapped_column(ForeignKey('version.id'))\n    rel = relationship(f'{PREFIX}Version', cascade='all')\n"
    + "class PageVersion(Base):\n" + TABLE.format("page_version") + "    page_id: Mapped[int] = mapped_column(ForeignKey('page.id'))\n",
    "an f-string names the target by the class": BASE
    + "class Version(Base):\n" + TABLE.format("version") + P
    + "    version_id: Mapped[int] = mapped_column(ForeignKey('version.id'))\n    @declared_attr\n    def rel(cls):\n        return relationship(f'{cls.__name__}Version', cascade='all')\n"
    + "class PVersion(Base):\n" + TABLE.format("page_version") + "    page_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "an f-string names the target by the class of a mixin": BASE
    + "class Mixin:\n    @declared_attr\n    def rel(cls):\n        return relationship(f'{cls.__name__}Image', cascade='all')\n"
    + "class Image(Base):\n" + TABLE.format("image")
    + "class P(Mixin, Base):\n" + TABLE.format("p") + "    image_id: Mapped[int] = mapped_column(ForeignKey('image.id'))\n"
    + "class PImage(Base):\n" + TABLE.format("p_image") + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "percent and format name target and key": BASE
    + "PREFIX = 'app'\nclass P(Base):\n    __tablename__ = '%s_p' % PREFIX\n    id: Mapped[int] = mapped_column(primary_key=True)\n    rel = relationship('{}'.format('C'), cascade='all')\n"
    + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('{}_p.id'.format(PREFIX)))\n",
    "a constant before a table's name": BASE
    + "PREFIX = 'app_'\nclass P(Base):\n    __tablename__ = f'{PREFIX}p'\n    id: Mapped[int] = mapped_column(primary_key=True)\n" + MANY
    + C + "    p_id: Mapped[int] = mapped_column(ForeignKey(PREFIX + 'p.id'))\n",
    "the key names the table of a class": BASE + P + MANY + C + "    p_id: Mapped[int] = mapped_column(ForeignKey(f'{P.__tablename__}.id'))\n",
    "the key names a column of a class": BASE + P + MANY + C + "    p_id: Mapped[int] = mapped_column(ForeignKey(P.id))\n",
    "the key names the table of a class that a function names": named_by("return cls.__name__.lower()", "P", "C", "p.id").replace("'p.id'", "f'{P.__tablename__}.id'"),
    "an f-string joins": BASE + P + "    c_id: Mapped[int] = mapped_column()\n    rel = relationship('C', cascade='all', primaryjoin=f'foreign({\"P\"}.c_id) == C.id')\n" + C,
    "a regular expression before capitals": named_by("return re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()", key="page.id"),
    "a function of the repository": named_by("return to_snake(cls.__name__)", "BlogPage", key="blog_page.id"),
    "a function that splits": named_by("return resolve_table_name(cls.__name__)", "BlogPage", key="blog_page.id"),
    "the plural": named_by("return f'{cls.__name__.lower()}s'", key="pages.id"),
    "statements name the table": named_by("name = cls.__name__\nif name.endswith('y'):\n    return name[:-1].lower() + 'ies'\nreturn name.lower() + 's'", "Category", key="categories.id"),
    "declared_attr alone": named_by("return to_snake(cls.__name__)", "BlogPage", key="blog_page.id", decorator="declared_attr"),
    "a lambda names the tables": BASE + "class Named:\n    __tablename__ = declared_attr(lambda cls: cls.__name__.lower() + 's')\n    id: Mapped[int] = mapped_column(primary_key=True)\nclass P(Named, Base):\n    pass\n"
    + "P.rel = relationship('C', cascade='all')\nclass C(Named, Base):\n    p_id: Mapped[int] = mapped_column(ForeignKey('ps.id'))\n",
    "a mixin names the tables": SNAKE + BASE + "class TableName:\n    @declared_attr.directive\n    def __tablename__(cls):\n        return to_snake(cls.__name__)\n"
    + "class HasId:\n    id: Mapped[int] = mapped_column(primary_key=True)\nclass P(TableName, HasId, Base):\n" + MANY + "class C(TableName, HasId, Base):\n    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "asynchronous attributes": "from sqlalchemy.ext.asyncio import AsyncAttrs\nclass Base(AsyncAttrs, DeclarativeBase):\n    __abstract__ = True\n    id: Mapped[int] = mapped_column(primary_key=True)\n    @declared_attr.directive\n    def __tablename__(cls) -> str:\n        return cls.__name__.lower()\n"
    + "class P(Base):\n" + MANY + "class C(Base):\n    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a prefix of the class": SNAKE + "class Base(DeclarativeBase):\n    id: Mapped[int] = mapped_column(primary_key=True)\n    PREFIX = 'core'\n    @declared_attr.directive\n    def __tablename__(cls) -> str:\n        return f'{cls.PREFIX}_{cls.name_of()}'\n    @classmethod\n    def name_of(cls):\n        return to_snake(cls.__name__)\n"
    + "class P(Base):\n" + MANY + "class C(Base):\n    PREFIX = 'own'\n    p_id: Mapped[int] = mapped_column(ForeignKey('core_p.id'))\n",
    "the key in a mixin is made of the class": BASE
    + "class OfP:\n    @declared_attr\n    def p_id(cls) -> Mapped[int]:\n        return mapped_column(ForeignKey(f\"{cls.__name__[0].replace('C', 'p')}.id\"))\n" + P + MANY + "class C(OfP, Base):\n" + TABLE.format("c"),
    "a mixin has the many side": BASE
    + "class HasC:\n    @declared_attr\n    def rel(cls) -> Mapped[List['C']]:\n        return relationship('C', cascade='all')\nclass P(HasC, Base):\n" + TABLE.format("p") + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a mixin joins by the class's name": BASE
    + "class HasC:\n    @declared_attr\n    def rel(cls):\n        return relationship('C', cascade='all', primaryjoin=lambda: cls.id == foreign(C.p_id))\nclass P(HasC, Base):\n" + TABLE.format("p") + C + "    p_id: Mapped[int] = mapped_column()\n",
    "a mixin joins by a string": BASE
    + "class HasC:\n    @declared_attr\n    def rel(cls):\n        return relationship('C', cascade='all', primaryjoin='foreign(C.p_id) == %s.id' % cls.__name__)\nclass P(HasC, Base):\n" + TABLE.format("p") + C + "    p_id: Mapped[int] = mapped_column()\n",
    "an inherited table has a name of its own": "class Base(DeclarativeBase):\n    @declared_attr.directive\n    def __tablename__(cls):\n        if has_inherited_table(cls):\n            return None\n        return cls.__name__.lower()\n"
    + "class Root(Base):\n    id: Mapped[int] = mapped_column(primary_key=True)\n    kind: Mapped[str]\n    __mapper_args__ = {'polymorphic_on': 'kind', 'polymorphic_identity': 'root'}\n"
    + "class P(Root):\n    __mapper_args__ = {'polymorphic_identity': 'p'}\n" + MANY + "class C(Base):\n    id: Mapped[int] = mapped_column(primary_key=True)\n    root_id: Mapped[int] = mapped_column(ForeignKey('root.id'))\n",
    "an annotated key": "p_fk = Annotated[int, mapped_column(ForeignKey('p.id'))]\nintpk = Annotated[int, mapped_column(primary_key=True)]\n" + BASE
    + "class P(Base):\n    __tablename__ = 'p'\n    id: Mapped[intpk]\n" + MANY + "class C(Base):\n    __tablename__ = 'c'\n    id: Mapped[intpk]\n    p_id: Mapped[p_fk]\n",
    "an annotated key on the owner": "c_fk = Annotated[int, mapped_column(ForeignKey('c.id'))]\nintpk = Annotated[int, mapped_column(primary_key=True)]\n" + BASE
    + "class P(Base):\n    __tablename__ = 'p'\n    id: Mapped[intpk]\n    c_id: Mapped[Optional[c_fk]]\n    rel: Mapped['C'] = relationship(cascade='all')\nclass C(Base):\n    __tablename__ = 'c'\n    id: Mapped[intpk]\n",
    "an annotated key in place": BASE + P + MANY + C + "    p_id: Mapped[Annotated[int, mapped_column(ForeignKey('p.id'))]]\n",
    "schemas by keyword and by dictionary": "SCHEMA = 'core'\n" + BASE + P + "    __table_args__ = {'schema': SCHEMA}\n" + MANY + C + "    __table_args__ = (UniqueConstraint('p_id'), {'schema': SCHEMA})\n    p_id: Mapped[int] = mapped_column(ForeignKey(f'{SCHEMA}.p.id'))\n",
    "an association table": BASE + "p_c = Table('p_c', Base.metadata, Column('p_id', ForeignKey('p.id')), Column('c_id', ForeignKey('c.id')))\n" + P + "    rel: Mapped[Set['C']] = relationship(secondary=p_c, cascade='all')\n" + C,
    "a composite key": BASE + "class P(Base):\n    __tablename__ = 'p'\n    a: Mapped[int] = mapped_column(primary_key=True)\n    b: Mapped[int] = mapped_column(primary_key=True)\n" + MANY
    + C + "    p_a: Mapped[int]\n    p_b: Mapped[int]\n    __table_args__ = (ForeignKeyConstraint(['p_a', 'p_b'], ['p.a', 'p.b']),)\n",
    "children of itself": BASE + P + "    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey('p.id'))\n    rel: Mapped[List['P']] = relationship(cascade='all', back_populates='parent')\n    parent: Mapped[Optional['P']] = relationship(back_populates='rel', remote_side=[id])\n",
    "the parent of itself by a string": BASE + P + "    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey('p.id'))\n    rel: Mapped[Optional['P']] = relationship(cascade='all', remote_side='P.id')\n",
    "use_alter": BASE + P + "    c_id: Mapped[Optional[int]] = mapped_column(ForeignKey('c.id', use_alter=True, name='fk'))\n    rel: Mapped[List['C']] = relationship(cascade='all', foreign_keys='C.p_id')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "data classes": "class Base(MappedAsDataclass, DeclarativeBase):\n    pass\n" + P.replace("primary_key=True", "primary_key=True, init=False") + "    rel: Mapped[List['C']] = relationship(cascade='all', default_factory=list)\n" + C.replace("primary_key=True", "primary_key=True, init=False") + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'), init=False)\n",
    "data classes of a registry": "reg = registry()\n@reg.mapped_as_dataclass\nclass P:\n    __tablename__ = 'p'\n    id: Mapped[int] = mapped_column(init=False, primary_key=True)\n    rel: Mapped[List['C']] = relationship(cascade='all', default_factory=list)\n@reg.mapped_as_dataclass\nclass C:\n    __tablename__ = 'c'\n    id: Mapped[int] = mapped_column(init=False, primary_key=True)\n    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'), init=False)\n",
    "a base without a metaclass": BASE.replace("DeclarativeBase", "DeclarativeBaseNoMeta") + P + MANY + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a naming convention": "class Base(DeclarativeBase):\n    metadata = MetaData(naming_convention={'pk': 'pk_%(table_name)s'})\n" + P + MANY + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a generic base": "T = TypeVar('T')\n" + BASE + "class Entity(Base, Generic[T]):\n    __abstract__ = True\n    id: Mapped[int] = mapped_column(primary_key=True)\n    @declared_attr.directive\n    def __tablename__(cls) -> str:\n        return cls.__name__.lower()\nclass P(Entity[int]):\n" + MANY + "class C(Entity[str]):\n    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "classes of advanced-alchemy": "from advanced_alchemy.base import BigIntBase, UUIDAuditBase\nclass BlogPost(UUIDAuditBase):\n" + MANY + "class C(BigIntBase):\n    post_id: Mapped[int] = mapped_column(ForeignKey('blog_post.id'))\nP = BlogPost\n",
    "users of fastapi-users": "from fastapi_users.db import SQLAlchemyBaseOAuthAccountTableUUID, SQLAlchemyBaseUserTableUUID\n" + BASE
    + "class C(SQLAlchemyBaseOAuthAccountTableUUID, Base):\n    pass\nclass P(SQLAlchemyBaseUserTableUUID, Base):\n    rel: Mapped[List['C']] = relationship('C', cascade='all', lazy='joined')\n",
    "users with numbers of fastapi-users": "from fastapi_users_db_sqlalchemy import SQLAlchemyBaseOAuthAccountTable, SQLAlchemyBaseUserTable\n" + BASE
    + "class C(SQLAlchemyBaseOAuthAccountTable[int], Base):\n    id: Mapped[int] = mapped_column(primary_key=True)\n    @declared_attr\n    def user_id(cls) -> Mapped[int]:\n        return mapped_column(Integer, ForeignKey('user.id', ondelete='cascade'))\n"
    + "class P(SQLAlchemyBaseUserTable[int], Base):\n    id: Mapped[int] = mapped_column(primary_key=True)\n    rel: Mapped[List[C]] = relationship('C', cascade='all')\n",
    "tokens of fastapi-users": "from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID\nfrom fastapi_users_db_sqlalchemy.access_token import SQLAlchemyBaseAccessTokenTableUUID\n" + BASE
    + "class C(SQLAlchemyBaseAccessTokenTableUUID, Base):\n    pass\nclass P(SQLAlchemyBaseUserTableUUID, Base):\n    rel: Mapped[List['C']] = relationship(cascade='all')\n",
    "users that own things": "from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID\n" + BASE + "class P(SQLAlchemyBaseUserTableUUID, Base):\n" + MANY + C + "    owner_id = mapped_column(ForeignKey('user.id'))\n",
    "users of a table of another name": "from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID\n" + BASE + "class P(SQLAlchemyBaseUserTableUUID, Base):\n    __tablename__ = 'users'\n" + MANY + C + "    owner_id = mapped_column(ForeignKey('users.id'))\n",
    "a partial of the constructor": "from functools import partial\nrelationship = partial(relationship, lazy='raise')\n" + BASE + P + MANY + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a partial with secondary": "from functools import partial\n" + BASE + "p_c = Table('p_c', Base.metadata, Column('p_id', ForeignKey('p.id')), Column('c_id', ForeignKey('c.id')))\nlinked = partial(relationship, secondary=p_c)\n" + P + "    rel = linked('C', cascade='all')\n" + C,
    "a partial with the target": "from functools import partial\n" + BASE + "of_c = partial(relationship, 'C', uselist=False)\n" + P + "    rel = of_c(cascade='all')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a stand-in where the import fails": "try:\n    from sqlalchemy.orm import relationship\nexcept ImportError:\n    def relationship(*args, **kwargs):\n        return None\n" + BASE + P + "    rel = relationship('C', cascade='all')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a wrapper that hands everything on": "def owned(*args, **kwargs):\n    kwargs.setdefault('lazy', 'selectin')\n    return relationship(*args, **kwargs)\n" + BASE + P + "    rel = owned('C', cascade='all')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a wrapper with a target": "def owned(target, **kw):\n    \"\"\"Owned.\"\"\"\n    return relationship(target, passive_deletes=True, **kw)\n" + BASE + P + "    rel = owned('C', cascade='all')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a wrapper that makes scalars": "def one(target, cascade=None):\n    return relationship(target, uselist=False, cascade=cascade)\n" + BASE + P + "    rel = one('C', cascade='all')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a wrapper with secondary": "def linked(target, through, **kw):\n    return relationship(target, secondary=through, **kw)\n" + BASE + "p_c = Table('p_c', Base.metadata, Column('p_id', ForeignKey('p.id')), Column('c_id', ForeignKey('c.id')))\n" + P + "    rel = linked('C', p_c, cascade='all')\n" + C,
    "a wrapper with a class": BASE + C + "def owned(target, **kw):\n    return relationship(target, **kw)\n" + P + "    c_id: Mapped[int] = mapped_column(ForeignKey('c.id'))\n    rel = owned(C, cascade='all')\n",
    "a wrapper of a wrapper": "def inner(target, uselist=True, **kw):\n    return relationship(target, uselist=uselist, **kw)\ndef outer(target, **kw):\n    return inner(target, uselist=False, **kw)\n" + BASE + P + "    rel = outer('C', cascade='all')\n" + C + "    p_id: Mapped[int] = mapped_column(ForeignKey('p.id'))\n",
    "a wrapper with the remote side": "def parent_of(target, pk, **kw):\n    return relationship(target, remote_side=pk, **kw)\n" + BASE + P + "    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey('p.id'))\n    rel = parent_of('P', id, cascade='all')\n",
}

# a lambda that names a class which is imported later
NEEDS_ONE_MODULE = {"a mixin joins by the class's name"}

# by name: the source, and whether it may be unknown
SHAPES = {
    "the base names the tables, key on the target": (
        named_by_base(NAMED_BY_BASE, REL, "p_id = Column(ForeignKey('p.id'))"),
        False,
    ),
    "the base names the tables, key on the owner": (
        named_by_base(NAMED_BY_BASE, f"c_id = Column(ForeignKey('c.id'))\n    {REL}"),
        False,
    ),
    "the base names the tables, join on the owner": (
        named_by_base(
            NAMED_BY_BASE,
            "c_id = Column(Integer)\n    rel = relationship('C', cascade='all', primaryjoin='foreign(P.c_id) == C.id')",
        ),
        False,
    ),
    "a decorated base names the tables, key on the target": (
        named_by_base(DECORATED, REL, "p_id = Column(ForeignKey('p.id'))"),
        False,
    ),
    "a decorated base names the tables, key on the owner": (
        named_by_base(DECORATED, f"c_id = Column(ForeignKey('c.id'))\n    {REL}"),
        False,
    ),
    "the base's metadata has a schema, which the key names": (
        parent(REL, SCHEMA) + CHILD.replace("p.id", "core.p.id"),
        False,
    ),
    "the base's metadata has a schema, which the key leaves out": (parent(REL, SCHEMA) + CHILD, False),
    "Iterable with collection_class": (annotated("Mapped[Iterable['C']]", "collection_class=list, "), False),
    "list in a string": (annotated("Mapped['list[C]']"), False),
    "typing.List in a string": (annotated("Mapped['typing.List[C]']"), False),
    "list in a string with collection_class": (annotated("Mapped['List[C]']", "'C', collection_class=list, "), False),
    "list in a string without a class": (annotated("Mapped['List[C]']", ""), False),
    "optional list in a string": (annotated("Mapped['Optional[List[C]]']"), False),
    "list or None in a string": (annotated("Mapped['List[C] | None']"), False),
    "list or None": (annotated("Mapped[Optional[List['C']]]"), False),
    "annotated list": (annotated("Mapped[Annotated[List['C'], 'x']]"), False),
    "the whole annotation in a string": (annotated("'Mapped[typing.List[C]]'"), False),
    "dict": (annotated("Mapped[dict[str, 'C']]", "collection_class=attribute_keyed_dict('pid'), "), False),
    "a generic class": (BOX + annotated("Mapped[Box['C']]"), True),
    "a generic class with collection_class": (
        BOX + annotated("Mapped[Box['C']]", "'C', collection_class=list, "),
        True,
    ),
    "an alias of a list": (ALIASES + annotated("Mapped[Many]"), True),
    "an alias of a list without a class": (ALIASES + annotated("Mapped[Many]", ""), True),
    "an alias of one": (ALIASES + annotated("Mapped[One]"), True),
    "Any": (annotated("Mapped[Any]"), False),
    "a list behind a comment": (annotated("Mapped[  # of them\n        List['C']\n    ]"), False),
    "a list's class behind a comment": (annotated("Mapped[List[  # of them\n        'C'\n    ]]", ""), False),
    "one of a class behind a comment": (annotated("Mapped[Optional[  # or none\n        'C'  # of them\n    ]]", ""), False),
    "a base with SQLAlchemy's metaclass": (parent(REL, META) + CHILD, False),
    "a base with a metaclass that inherits from SQLAlchemy's": (parent(REL, OWN_META) + CHILD, False),
} | {case: (source, case in NEEDS_ONE_MODULE) for case, source in PUBLIC.items()}

ASK = """
try:
    configure_mappers()
    relationship = inspect(P).relationships.rel
    print(relationship.direction.name, int(relationship.uselist))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


def answer(source):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", source + ASK], capture_output=True, text=True, check=False
    )
    said = (run.stdout or run.stderr).strip().splitlines()[-1]
    direction, _, uselist = said.partition(" ")
    if direction in {"ONETOMANY", "MANYTOONE", "MANYTOMANY"}:
        return {"direction": direction, "uselist": uselist == "1"}
    return {"direction": None, "uselist": None, "error": said[:200]}


def main():
    recorded = pathlib.Path(__file__).resolve().parent.parent / "testdata" / "oracle" / "more_directions.jsonl"
    lines = []
    for case, (source, may_be_unknown) in SHAPES.items():
        answered = answer(HEADER + source)
        print(f"{case}: {answered}")
        lines.append(
            json.dumps({"case": case, "source": HEADER + source, "may_be_unknown": may_be_unknown, **answered})
        )
    recorded.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
