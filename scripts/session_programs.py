"""Random programs of session calls: what `behaviour.py` runs on the models of `session_models.py` before and after a fix.

A program is a list of steps (`written`); running one gives what was raised, read and warned of, and what is in the database in the end.
"""

import contextlib
import re
import warnings

import sqlalchemy as sa
from sqlalchemy.orm import Session

STEPS = 28
# the steps that give one object to another
WITH_OTHER = ("add-to", "replace", "set")


class Program:
    """Steps for the objects of a repository; they are named by their turn."""

    def __init__(self, repository, random, refreshes):
        self.repository, self.random, self.refreshes = repository, random, refreshes
        self.sides = repository.sides()
        # by the object's turn: its class
        self.classes = {}
        self.steps = []
        self.autoflush, self.expire_on_commit = random.random() < 0.5, random.random() < 0.5

    def write(self):
        some = [self.step] * 10 + ([self.draft] * 2 if self.draftable() else [])
        some += [self.reload] * 3 if self.refreshes and self.sides else []
        while len(self.steps) < STEPS:
            self.random.choice(some)()
        return self

    def new(self, name, is_added=None):
        turn = len(self.classes)
        self.classes[turn] = name
        self.steps.append(("new", turn, name))
        if self.random.random() < 0.4 if is_added is None else is_added:
            self.steps.append(("add", turn))
        return turn

    def of(self, name):
        """An object of a class, if there is one."""
        turns = [turn for turn, known in self.classes.items() if self.repository.is_a(known, name)]
        return self.random.choice(turns) if turns else None

    def some(self, name):
        """An object of a class; a new one if there is none."""
        turn = self.of(name)
        return self.new(self.lowest(name)) if turn is None else turn

    def lowest(self, name):
        below = [other for other in self.repository.classes if self.repository.is_a(other, name)]
        return self.random.choice(below)

    def step(self):
        number = self.random.random()
        if number < 0.2 or not self.classes:
            self.new(self.lowest(self.random.choice(list(self.repository.classes))))
        elif number < 0.36:
            name = self.random.choices(["flush", "commit", "rollback"], [7, 5, 2])[0]
            self.steps.append((name,))
        elif number < 0.56:
            self.on_one()
        else:
            self.on_two(self.random.choice(self.sides))

    def on_one(self):
        turn = self.random.choice(list(self.classes))
        names = ["delete"] * 4 + ["merge"] * 3 + ["rename"] * 3 + ["read", "add"]
        names += ["refresh", "expire"] * 6 if self.refreshes else []
        names += ["expunge"] * 3 if self.repository.detaches else []
        name = self.random.choice(names)
        if name == "merge":
            self.classes[len(self.classes)] = self.classes[turn]
            self.steps.append(("merge", turn, len(self.classes) - 1))
        else:
            self.steps.append((name, turn))

    def on_two(self, side):
        one = self.of(side.owner)
        if one is None:
            return
        other = self.of(side.target)
        to_many, to_one = ["add-to", "add-to", "remove", "clear", "replace", "look"], ["set", "set", "unset", "look"]
        name = self.random.choice(to_many if side.is_many else to_one)
        if name in WITH_OTHER and other is None:
            other = self.new(self.lowest(side.target))
        self.steps.append((name, one, side.attribute, other))

    def draftable(self):
        """The relationships that give up what is not saved yet."""
        return [side for side in self.sides if side.has("delete-orphan")]

    def draft(self):
        """Something is made, gets relations of its own, and is taken back before it is saved."""
        side = self.random.choice(self.draftable())
        owner, draft = self.some(side.owner), self.new(self.lowest(side.target), is_added=False)
        if self.random.random() < 0.7:
            self.steps.append(("add", owner))
        attach = [lambda: self.join(owner, side, draft)]
        owned = [own for own in self.sides if self.repository.is_a(self.classes[draft], own.owner) and own is not side]
        for own in self.random.sample(owned, min(len(owned), self.random.randint(1, 3))):
            attach.append(lambda own=own: self.join(draft, own, self.new(self.lowest(own.target), is_added=False)))
        self.random.shuffle(attach)
        for do in attach:
            do()
        if self.random.random() < 0.2:
            self.step()
        self.take_back(owner, side, draft)

    def reload(self):
        """Something is saved, what is related to it is new or changed, and it is refreshed or expired."""
        expiring = [side for side in self.sides if side.has("refresh-expire")]
        side = self.random.choice(expiring or self.sides)
        owner = self.some(side.owner)
        self.steps += [("add", owner), (self.random.choice(["flush", "commit"]),)]
        if self.random.random() < 0.6:
            other = self.new(self.lowest(side.target))
            self.join(owner, side, other)
        else:
            other = self.some(side.target)
            self.steps += [("look", owner, side.attribute, None), ("rename", other)]
        self.steps.append((self.random.choice(["refresh", "expire"]), owner))

    def join(self, one, side, other):
        self.steps.append(("add-to" if side.is_many else "set", one, side.attribute, other))

    def take_back(self, owner, side, draft):
        relation = next(relation for relation in self.repository.relations if side in relation.sides())
        back = relation.other(side)
        if back and not back.is_many and self.random.random() < 0.3:
            self.steps.append(("unset", draft, back.attribute, None))
        elif side.is_many:
            name = self.random.choice(["remove", "remove", "clear"])
            self.steps.append((name, owner, side.attribute, draft))
        else:
            self.steps.append(("unset", owner, side.attribute, None))


def without(steps, attributes):
    return [step for step in steps if len(step) < 4 or step[2] not in attributes]


class Run:
    """One run of a program on mapped classes, in an empty database."""

    def __init__(self, models, program, by_hand=()):
        self.models, self.program = models, program
        self.objects = {}
        self.log = []
        # the relationships over which refresh and expire are carried on by hand, by class and attribute
        self.by_hand = by_hand

    def go(self, steps):
        program, models = self.program, self.models
        models.empty()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.session = Session(
                models.engine, autoflush=program.autoflush, expire_on_commit=program.expire_on_commit
            )
            for step in steps:
                self.tried(step[0], lambda: self.do(*step))
            self.tried("commit", self.session.commit)
            with contextlib.suppress(Exception):
                self.session.close()
            rows = models.rows()
        said = {re.sub(r"0x[0-9a-f]+", "0x…", str(warning.message)) for warning in caught}
        return self.log, rows, sorted(said)

    def tried(self, name, do):
        try:
            do()
        except Exception as error:
            self.log.append(f"{name}: {type(error).__name__}")
            with contextlib.suppress(Exception):
                self.session.rollback()

    def do(self, name, *rest):
        if name in ("flush", "commit", "rollback"):
            getattr(self.session, name)()
        elif name == "new":
            turn, class_ = rest
            self.objects[turn] = self.models.classes[class_](name=f"{class_.lower()}{turn}")
        elif rest[0] not in self.objects or name in WITH_OTHER and rest[2] not in self.objects:
            return
        elif len(rest) == 3:
            self.relate(name, self.objects[rest[0]], rest[1], self.objects.get(rest[2]))
        elif name == "merge":
            self.objects[rest[1]] = self.session.merge(self.objects[rest[0]])
        else:
            self.call(name, self.objects[rest[0]])

    def call(self, name, thing):
        if name == "read":
            self.log.append(f"read {thing.name}")
        elif name == "rename":
            thing.name += "x"
        else:
            if name in ("refresh", "expire"):
                self.expire_related(thing)
            getattr(self.session, name)(thing)

    def expire_related(self, thing):
        """Does to what is around an object what refresh-expire does to it."""
        # of what is not persistent the call itself says that it can't
        if not self.by_hand or not self.session.identity_map.contains_state(sa.inspect(thing)):
            return
        for state in list(self.related(thing)):
            if state.key:
                state._expire(state.dict, self.session.identity_map._modified)
            elif state.session is self.session:
                sa.orm.make_transient(state.obj())

    def related(self, thing):
        """The states of the loaded objects that refresh-expire leads to."""
        seen, ahead = set(), [sa.inspect(thing)]
        while ahead:
            state = ahead.pop()
            for relationship in state.mapper.relationships:
                if (type(state.obj()).__name__, relationship.key) not in self.by_hand:
                    continue
                value = state.dict.get(relationship.key)
                for other in [] if value is None else value if relationship.uselist else [value]:
                    other = sa.inspect(other)
                    is_left = not other.key and "delete-orphan" not in relationship.cascade
                    if other not in seen and not is_left:
                        seen.add(other)
                        ahead.append(other)
                        yield other

    def relate(self, name, one, attribute, other):
        if name in ("set", "unset"):
            setattr(one, attribute, other if name == "set" else None)
            return
        value = getattr(one, attribute)
        if name == "look":
            things = [] if value is None else value if hasattr(value, "__iter__") else [value]
            self.log.append(f"look {sorted(str(thing.name) for thing in things)}")
        elif name == "replace":
            setattr(one, attribute, type(value)([other]))
        elif name == "clear":
            value.clear()
        elif name == "add-to":
            (value.add if isinstance(value, set) else value.append)(other)
        elif any(thing is other for thing in value):
            value.remove(other)
        elif value:
            value.remove(min(value, key=lambda thing: str(thing.name)))


class Models:
    """The mapped classes of a repository that was imported, and a database for them."""

    def __init__(self, base, names, checks_keys):
        by_name = {mapper.class_.__name__: mapper.class_ for mapper in registry(base).mappers}
        self.classes = {name: by_name[name] for name in names}
        self.metadata = base.metadata
        self.checks_keys = checks_keys
        self.engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        with warnings.catch_warnings():
            # of tables that refer to each other
            warnings.simplefilter("ignore")
            self.tables = list(self.metadata.sorted_tables)
            self.metadata.create_all(self.engine)

    def empty(self):
        with self.engine.connect() as connection:
            connection.connection.rollback()
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
            for table in self.tables:
                cursor.execute(f"DELETE FROM {table.name}")
            connection.connection.commit()
            cursor.execute(f"PRAGMA foreign_keys={'ON' if self.checks_keys else 'OFF'}")

    def rows(self):
        """What is in each table, sorted; keys are shown as the name of what they lead to."""
        with self.engine.connect() as connection:
            # a session that is broken has left what can't be committed
            connection.connection.rollback()
            rows = {table.name: connection.execute(sa.select(table)).mappings().all() for table in self.tables}
        names = {(table, row["id"]): row["name"] for table, of in rows.items() for row in of if "name" in row}
        shown = {}
        for table in self.tables:
            columns = [column for column in table.columns if column.name != "id" or column.foreign_keys]
            shown[table.name] = sorted(
                repr([named(column, row[column.name], names) for column in columns]) for row in rows[table.name]
            )
        return shown

    def cascades(self):
        """The relationships, by class and attribute, with their cascades."""
        found = {}
        for class_ in self.classes.values():
            for relationship in sa.inspect(class_).relationships:
                found[class_.__name__, relationship.key] = frozenset(relationship.cascade)
        return found


def named(column, value, names):
    if value is None or not column.foreign_keys:
        return value
    to = next(iter(column.foreign_keys)).column
    while (to.table.name, value) not in names and to.foreign_keys:
        # a table of a subclass has no names of its own
        to = next(iter(to.foreign_keys)).column
    return names.get((to.table.name, value), f"no {to.table.name}")


def registry(base):
    return getattr(base, "registry", None) or base._sa_registry
