"""Random models with cascades: a seed goes in, a repository comes out, which `session_sources.py` writes and `behaviour.py` fixes and runs."""

import dataclasses
import random

ALL = ["save-update", "merge", "refresh-expire", "expunge", "delete"]
REFRESHED_ALONE = "save-update, merge, delete, delete-orphan, refresh-expire"
WITH_ORPHANS = ["all, delete-orphan"] * 5 + ["all,delete-orphan", REFRESHED_ALONE]
PLAIN = [
    "all",
    "all",
    "save-update, merge, refresh-expire",
    "save-update, merge, expunge, refresh-expire",
    "save-update, merge",
    "save-update, merge, delete",
]
# calls by which a repository detaches objects itself
DETACH = ["session.expunge(thing)"]


@dataclasses.dataclass
class Class:
    name: str
    module: int
    base: str = None
    # has a table of its own, whatever the base has
    is_table: bool = True
    is_mapped: bool = False
    is_abstract_above: bool = False


@dataclasses.dataclass
class Side:
    """One relationship: an attribute of `owner` that leads to `target`."""

    attribute: str
    owner: str
    target: str
    is_many: bool
    # None where it has no cascade of its own
    cascade: str
    options: tuple = ()
    # "class" or "mixin"
    place: str = "class"
    spelling: int = 0

    def has(self, option):
        options = [part.strip() for part in (self.cascade or "save-update, merge").split(",")]
        return option in options or "all" in options and option in ALL


@dataclasses.dataclass
class Relation:
    """A foreign key or a table between two classes, and the relationships over it."""

    number: int
    kind: str
    parent: str
    child: str
    # the parent's side and the child's; either may be missing
    down: Side
    up: Side
    # "alone", "populates", or which side makes the other: "backref", "backref-up"
    form: str
    is_required: bool = False
    join: str = "foreign_keys"

    def sides(self):
        return [side for side in (self.down, self.up) if side]

    def other(self, side):
        return self.up if side is self.down else self.down


class Repository:
    def __init__(self, seed, has_mapped, has_sqlmodel):
        self.random = random.Random(seed)
        chance = self.random.random
        self.seed = seed
        self.is_sqlmodel = has_sqlmodel and chance() < 0.08
        self.has_mapped = has_mapped and chance() < 0.6
        self.detaches = self.random.choice(DETACH) if chance() < 0.12 else None
        self.checks_keys = chance() < 0.2
        self.modules = self.random.randint(1, 3)
        self.classes = {}
        self.relations = []
        self.make_classes()
        self.make_relations()

    def make_classes(self):
        roots = ["A", "B", "C", "D", "E"][: self.random.randint(3, 5)]
        for name in roots:
            self.add(Class(name, self.random.randrange(self.modules), is_abstract_above=self.random.random() < 0.15))
        if self.is_sqlmodel:
            return
        for name in roots:
            if self.random.random() < 0.25:
                is_table = self.random.random() < 0.5
                self.add(Class(f"Sub{name}", self.classes[name].module, base=name, is_table=is_table))

    def add(self, known):
        known.is_mapped = self.has_mapped and self.random.random() < 0.7
        self.classes[known.name] = known

    def make_relations(self):
        names = list(self.classes)
        pairs = [(one, two) for one in names for two in names if self.root(one) < self.root(two)]
        for pair in pairs:
            if self.random.random() < (0.55 if len(pairs) < 10 else 0.3):
                # against the alphabet now and then, so that there are cycles
                self.relate(*(pair if self.random.random() < 0.9 else pair[::-1]))
        for name in names:
            if not self.is_sqlmodel and not self.classes[name].base and self.random.random() < 0.12:
                self.relate(name, name)
        for relation in self.relations:
            if self.is_alone(relation) and self.random.random() < 0.5:
                relation.join = ""

    def is_alone(self, relation):
        """Whether SQLAlchemy finds the foreign key itself."""
        ends = [{self.root(other.parent), self.root(other.child)} for other in self.relations]
        names = {relation.parent, relation.child}
        has_base = any(self.classes[name].base for name in names)
        return len(names) == 2 and not has_base and ends.count(names) == 1

    def relate(self, parent, child):
        choose, chance = self.random.choice, self.random.random
        number = len(self.relations) + 1
        kind = choose(["one-to-many"] * 3 + ["one-to-one", "many-to-many"])
        form = choose(["alone", "alone-up", "populates", "populates", "backref", "backref-up"])
        if self.is_sqlmodel or kind == "many-to-many" and form.endswith("up"):
            form = choose(["alone", "populates"])
        down = up = None
        if form != "alone-up":
            down = Side(f"r{number}", parent, child, kind != "one-to-one", self.cascade(kind))
        if form != "alone":
            up = Side(f"up{number}", child, parent, kind == "many-to-many", self.up_cascade(kind))
        relation = Relation(number, kind, parent, child, down, up, form.replace("alone-up", "alone"))
        relation.is_required = kind != "many-to-many" and self.classes[child].is_table and chance() < 0.1
        relation.join = choose(["foreign_keys", "primaryjoin"])
        for side in relation.sides():
            self.equip(relation, side)
        self.relations.append(relation)

    def cascade(self, kind):
        return self.random.choice(PLAIN if kind == "many-to-many" else PLAIN + WITH_ORPHANS)

    def up_cascade(self, kind):
        own = [None] * 3 + ["save-update, merge"]
        return self.random.choice(own + ([] if kind == "many-to-many" else PLAIN))

    def equip(self, relation, side):
        """The other options of a relationship, and where it stands."""
        chance, options = self.random.random, []
        side.spelling = self.random.randrange(12)
        # SQLAlchemy asks for it where several could have the same object
        may_share = side is relation.up or relation.kind == "many-to-many"
        if may_share and side.cascade and side.has("delete") and chance() < 0.25:
            side.cascade += ", delete-orphan"
            options.append("single_parent=True")
        if chance() < 0.25:
            lazy = ["selectin", "joined", "subquery", "raise"]
            options.append(f"lazy={self.random.choice(lazy)!r}")
        if side is relation.down and not self.is_sqlmodel:
            if side.is_many and chance() < 0.08:
                options.append("collection_class=set")
            if relation.kind != "many-to-many" and chance() < 0.05:
                options.append("passive_deletes=True")
            if relation.form == "alone" and chance() < 0.2:
                side.place = "mixin"
        if relation.parent == relation.child and relation.kind != "many-to-many" and chance() < 0.3:
            options.append("post_update=True")
        side.options = tuple(options)

    def root(self, name):
        return self.classes[name].base or name

    def table(self, name):
        known = self.classes[name]
        return (name if known.is_table else known.base).lower()

    def is_a(self, name, other):
        return name == other or self.classes[name].base == other

    def sides(self):
        return [side for relation in self.relations for side in relation.sides()]

    def without(self, numbers):
        """The same without some of the relations, and without the classes that have none then."""
        smaller = object.__new__(Repository)
        smaller.__dict__ = dict(self.__dict__)
        smaller.relations = [relation for relation in self.relations if relation.number not in numbers]
        used = {name for relation in smaller.relations for name in (relation.parent, relation.child)}
        used |= {self.root(name) for name in used}
        smaller.classes = {name: known for name, known in self.classes.items() if name in used}
        return smaller
