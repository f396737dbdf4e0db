"""Random models with asynchronous programs: a seed goes in, the text of a module comes out, which `raises.py` checks, fixes and runs."""

import random

TOGETHER = 5
NAMES = ["Alpha", "Beta", "Gamma", "Delta"]
CASCADES = ["all", "all", "all", "all", "all", "all", "save-update, merge, refresh-expire", "save-update, merge", None, None]
LAZY = [None] * 12 + ["select", "selectin", "joined", "subquery", "raise"]
# how many of a class lead to others; each collection has two of them
ROWS = 4


class Side:
    """One attribute that leads from a class to another."""

    def __init__(self, owner, name, target, is_list, kind):
        self.owner, self.name, self.target, self.is_list, self.kind = owner, name, target, is_list, kind
        self.other = None
        self.cascade = self.lazy = None


class Source:
    """The module: `programs` has the first and the last line of each, `flags` how many arguments it takes."""

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(f"raises {seed}")
        self.classes = NAMES[: self.random.randint(2, 4)]
        self.sides = {name: [] for name in self.classes}
        self.columns = {name: [] for name in self.classes}
        self.tables = []
        self.relate()
        self.quiet = self.choose_quiet()
        self.expire_on_commit = self.random.random() < 0.25
        lines = self.models()
        self.models_end = len(lines)
        self.programs, self.flags = {}, {}
        for number in range(TOGETHER):
            program = Writer(self, number).write()
            name = f"program_{number}"
            self.programs[name] = (len(lines) + 1, len(lines) + len(program))
            self.flags[name] = 2 if any(line.lstrip().startswith("if ") for line in program) else 0
            if not self.flags[name]:
                program = [line.replace("(flag, other)", "()") for line in program]
            lines += program
        self.text = "\n".join(lines) + "\n"

    def choose_quiet(self):
        """The classes whose objects are never refreshed or expired as a whole: of some seeds, and not all of them."""
        # drawn apart, so that the other seeds keep their programs
        own = random.Random(f"unrefreshed {self.seed}")
        if own.random() < 0.65:
            return set()
        quiet = set(own.sample(self.classes, own.randint(1, len(self.classes) - 1)))
        if own.random() < 0.7:
            # nor by what leads to them
            for side in (side for sides in self.sides.values() for side in sides):
                if side.owner not in quiet and side.target in quiet:
                    side.cascade = None
        return quiet

    def relate(self):
        pairs = [(one, other) for index, one in enumerate(self.classes) for other in self.classes[index + 1 :]]
        self.random.shuffle(pairs)
        for number, (parent, child) in enumerate(pairs[: self.random.randint(1, 3)]):
            kind = self.random.choice(["one-to-many"] * 4 + ["one-to-one", "many-to-many"])
            down = Side(parent, f"{child.lower()}{'' if kind == 'one-to-one' else 's'}_{number}", child, kind != "one-to-one", kind)
            up = Side(child, f"{parent.lower()}{'s' if kind == 'many-to-many' else ''}_{number}", parent, kind == "many-to-many", kind)
            sides = [down, up]
            has_both = self.random.random() < 0.7
            if has_both:
                down.other, up.other = up, down
            else:
                sides = [self.random.choice(sides)]
            for side in sides:
                side.cascade = self.random.choice(CASCADES)
                side.lazy = self.random.choice(LAZY)
                if side is down and kind != "many-to-many" and side.cascade == "all" and self.random.random() < 0.5:
                    side.cascade = "all, delete-orphan"
                self.sides[side.owner].append(side)
            if kind == "many-to-many":
                self.tables.append((number, parent, child))
                for side in sides:
                    side.secondary = f"links_{number}"
            else:
                self.columns[child].append((f"{parent.lower()}_{number}_id", parent, kind))

    def models(self):
        lines = [
            "from sqlalchemy import Column, ForeignKey, Table, select",
            "from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker",
            "from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload",
            "",
            "",
            "class Base(AsyncAttrs, DeclarativeBase):",
            "    pass",
            "",
            "",
        ]
        for number, one, other in self.tables:
            keys = [f'Column("{name.lower()}_id", ForeignKey("{name.lower()}.id"), primary_key=True)' for name in (one, other)]
            lines += [f'links_{number} = Table("links_{number}", Base.metadata, {", ".join(keys)})', ""]
        for name in self.classes:
            lines += ["", f"class {name}(Base):", f'    __tablename__ = "{name.lower()}"']
            lines += ["    id: Mapped[int] = mapped_column(primary_key=True)", "    name: Mapped[str]"]
            for column, target, _ in self.columns[name]:
                lines.append(f'    {column}: Mapped[int | None] = mapped_column(ForeignKey("{target.lower()}.id"))')
            lines += [self.relationship(side) for side in self.sides[name]]
            lines += ["", "    @property", "    def title(self):", "        return self.name.title()", ""]
        arguments = "" if self.expire_on_commit else "expire_on_commit=False"
        lines += ["", f"maker = async_sessionmaker({arguments})", "", "", "async def fill():", "    async with maker() as session:"]
        for name in self.classes:
            lines.append(f"        {name.lower()} = [{name}(name=f'{name.lower()} {{n}}') for n in range({2 * ROWS})]")
            lines.append(f"        session.add_all({name.lower()})")
        lines.append("        await session.flush()")
        for name in self.classes:
            for column, target, kind in self.columns[name]:
                twice = "" if kind == "one-to-one" else " * 2"
                lines.append(f"        for one, other in zip({name.lower()}, {target.lower()}[:{ROWS}]{twice}):")
                lines.append(f"            one.{column} = other.id")
        for number, one, other in self.tables:
            keys = f"{one.lower()}_id=one.id, {other.lower()}_id=other.id"
            others = f"{other.lower()}[:{ROWS}] + {other.lower()}[1:{ROWS}] + {other.lower()}[:1]"
            lines.append(f"        for one, other in zip({one.lower()}[:{ROWS}] * 2, {others}):")
            lines.append(f"            await session.execute(links_{number}.insert().values({keys}))")
        return [*lines, "        await session.commit()", "", ""]

    def relationship(self, side):
        arguments = [f'back_populates="{side.other.name}"'] if side.other else []
        if side.kind == "many-to-many":
            arguments.append(f"secondary={side.secondary}")
        if side.cascade:
            arguments.append(f'cascade="{side.cascade}"')
            if side.kind == "many-to-many" and "delete-orphan" in side.cascade:
                arguments.append("single_parent=True")
        if side.lazy:
            arguments.append(f'lazy="{side.lazy}"')
        target = f'list["{side.target}"]' if side.is_list else f'"{side.target} | None"'
        return f"    {side.name}: Mapped[{target}] = relationship({', '.join(arguments)})"


class Writer:
    """Writes one program. `objects` and `lists` have the class of each variable, `loaded` what was loaded of which."""

    def __init__(self, source, number):
        self.source, self.number = source, number
        self.random = random.Random(f"raises {source.seed} {number}")
        self.lines, self.depth = [], 2
        self.objects, self.lists = {}, {}
        self.loaded, self.new = set(), set()
        self.helpers, self.rows = set(), set()
        self.counter = 0

    def write(self):
        for _ in range(self.random.randint(1, 3)):
            self.bring()
        for _ in range(self.random.randint(1, 2)):
            for _ in range(self.random.randint(1, 3)):
                self.link()
            self.save()
            if self.random.random() < 0.3:
                self.link()
            self.maybe_branch(self.refresh)
            for _ in range(self.random.randint(1, 3)):
                self.maybe_branch(self.read)
        return [*self.helper_lines(), f"async def program_{self.number}(flag, other):", "    async with maker() as session:", *self.lines, "", ""]

    def helper_lines(self):
        texts = {
            "label": ["def label_{n}(one):", "    return one.name"],
            "show": ["async def show_{n}(one):", "    return f'{{one.name}}!'"],
            "store": ["async def store_{n}(session: AsyncSession, one):", "    session.add(one)", "    await session.flush()", "    await session.refresh(one)", "    return one"],
            "again": ["async def again_{n}(session: AsyncSession, one):", "    await session.refresh(one)"],
            "names": ["def names_{n}(some):", "    return [one.name for one in some]"],
        }
        lines = []
        for helper in sorted(self.helpers):
            lines += [line.format(n=self.number) for line in texts[helper]] + ["", ""]
        return lines

    def say(self, line):
        self.lines.append("    " * self.depth + line)

    def fresh(self, prefix):
        self.counter += 1
        return f"{prefix.lower()[0]}{self.counter}"

    def maybe_branch(self, what):
        if self.random.random() > 0.15:
            return what()
        before = self.state()
        self.say(f"if {self.random.choice(['flag', 'other', 'not flag'])}:")
        self.depth += 1
        what()
        if not self.lines[-1].startswith("    " * self.depth):
            self.say("pass")
        self.depth -= 1
        if self.random.random() < 0.3:
            self.say("else:")
            self.depth += 1
            self.restore(before)
            self.say("pass")
            what()
            self.depth -= 1
        self.restore(before)

    def state(self):
        return dict(self.objects), dict(self.lists), set(self.loaded), set(self.new)

    def restore(self, state):
        self.objects, self.lists, self.loaded, self.new = dict(state[0]), dict(state[1]), set(state[2]), set(state[3])

    def sides(self, name, wanted=lambda side: True):
        return [side for side in self.source.sides[self.objects[name]] if wanted(side)]

    def pick(self, wanted=lambda name: True):
        names = [name for name in self.objects if wanted(name)]
        return self.random.choice(names) if names else None

    def bring(self):
        """An object comes into a variable."""
        targets = [name for name in self.source.classes if self.source.sides[name]]
        unused = [name for name in targets if name not in self.objects.values()]
        target = self.random.choice(unused if unused and self.random.random() < 0.9 else targets)
        self.bring_of(target)

    def bring_of(self, target):
        # mostly another row than before: code seldom has one twice
        rows = [row for row in range(1, ROWS + 1) if (target, row) not in self.rows or self.random.random() < 0.1]
        name, row = self.fresh(target), self.random.choice(rows or [1])
        self.rows.add((target, row))
        ways = ["new"] * 8 if target in self.objects.values() else ["new", "new", "all"]
        way = self.random.choice(["get", "get", "one", "option", *ways])
        options = self.source.sides[target]
        if way == "get":
            self.say(f"{name} = await session.get({target}, {row})")
        elif way == "all":
            self.say(f"{name}s = (await session.scalars(select({target}))).all()")
            self.lists[f"{name}s"] = target
            self.say(f"{name} = {name}s[0]")
        elif way == "option" and options:
            side = self.random.choice(options)
            loader = self.random.choice(["selectinload", "joinedload"])
            unique = ".unique()" if loader == "joinedload" else ""
            self.say(f"statement = select({target}).options({loader}({target}.{side.name})).where({target}.id == {row})")
            self.say(f"{name} = (await session.scalars(statement)){unique}.one()")
            self.loaded.add((name, side.name))
        elif way == "new":
            self.make(name, target)
        else:
            self.say(f"{name} = (await session.execute(select({target}).where({target}.id == {row}))).unique().scalar_one()")
        self.objects[name] = target
        return name

    def make(self, name, target):
        given = ["name='new'"]
        for side in self.source.sides[target]:
            other = self.pick(lambda other: self.objects[other] == side.target)
            if other and self.random.random() < 0.5:
                given.append(f"{side.name}={f'[{other}]' if side.is_list else other}")
                self.loaded.add((name, side.name))
            elif not other and self.random.random() < 0.3:
                made = self.fresh(side.target)
                self.say(f"{made} = {side.target}(name='made')")
                self.objects[made] = side.target
                self.new.add(made)
                given.append(f"{side.name}={f'[{made}]' if side.is_list else made}")
                self.loaded.add((name, side.name))
        self.say(f"{name} = {target}({', '.join(given)})")
        self.new.add(name)
        if self.random.random() < 0.8:
            self.say(f"session.add({name})")

    def link(self):
        """Something related is loaded, or set."""
        name = self.pick(lambda name: self.sides(name))
        if name is None:
            return
        side = self.random.choice(self.sides(name))
        way = self.random.choice(["await", "await", "names", "set", "set", "set", "plain"])
        if name in self.new and way in ("await", "names"):
            way = "set"
        if side.lazy == "raise" and way == "await":
            way = "names"
        if way == "await":
            self.take(side, f"await {name}.awaitable_attrs.{side.name}")
        elif way == "names":
            self.say(f"await session.refresh({name}, [{side.name!r}])")
            self.take(side, f"{name}.{side.name}")
        elif way == "plain":
            if (name, side.name) in self.loaded or side.lazy in ("selectin", "joined", "subquery") and name not in self.new:
                self.take(side, f"{name}.{side.name}")
            return
        else:
            other = self.pick(lambda other: self.objects[other] == side.target) or self.bring_of(side.target)
            if not side.is_list:
                self.say(f"{name}.{side.name} = {other}")
            elif (name, side.name) in self.loaded or name in self.new:
                self.say(f"{name}.{side.name}.append({other})")
            elif self.random.random() < 0.8 and side.lazy != "raise":
                self.say(f"(await {name}.awaitable_attrs.{side.name}).append({other})")
            else:
                return
        self.loaded.add((name, side.name))

    def take(self, side, expression):
        if not side.is_list:
            same = [name for name, of in self.objects.items() if of == side.target]
            name = self.random.choice(same) if same and self.random.random() < 0.7 else self.fresh(side.target)
            self.say(f"{name} = {expression}")
            self.objects[name] = side.target
            return
        some = self.fresh(side.target) + "s"
        wrap = self.random.choice(["{}", "{}", "list({})"])
        self.say(f"{some} = {wrap.format(expression)}")
        self.lists[some] = side.target
        if side.target not in self.objects.values() or self.random.random() < 0.1:
            name = self.fresh(side.target)
            self.say(f"{name} = {some}[0]")
            self.objects[name] = side.target

    def save(self):
        for name in [name for name in sorted(self.new) if self.random.random() < 0.8]:
            self.say(f"session.add({name})")
        way = self.random.choice(["commit", "commit", "flush", "flush"])
        self.say(f"await session.{way}()")
        self.new.clear()

    def refresh(self):
        name = self.pick(lambda name: self.is_loud(name) and self.sides(name, lambda side: side.cascade))
        name = name or self.pick(self.is_loud)
        if name is None:
            self.say(f"await session.refresh({self.pick()}, ['name'])")
            return
        way = self.random.choice(["refresh", "refresh", "refresh", "expire", "store", "again", "loop"])
        if way == "expire":
            self.say(f"session.expire({name})")
            if self.random.random() < 0.3:
                self.say(f"await session.refresh({name})")
        elif way in ("store", "again") and not self.source.quiet:
            # what such a function is given can't be told, which leaves no relationship dormant
            self.helpers.add(way)
            self.say(f"await {way}_{self.number}(session, {name})")
        elif way == "loop" and (lists := [some for some, of in self.lists.items() if of not in self.source.quiet]):
            some = self.random.choice(lists)
            self.say(f"for one in {some}:")
            self.say("    await session.refresh(one)")
            self.maybe_inner(some)
        else:
            self.say(f"await session.refresh({name})")
        self.loaded = {(one, attribute) for one, attribute in self.loaded if one != name}

    def is_loud(self, name):
        return self.objects[name] not in self.source.quiet

    def maybe_inner(self, some):
        sides = [side for side in self.source.sides[self.lists[some]] if not side.is_list]
        if sides and self.random.random() < 0.4:
            self.say(f"    _ = one.{self.random.choice(sides).name}")
        elif self.random.random() < 0.4:
            self.say("    _ = one.name")

    def read(self):
        way = self.random.choice(["name", "name", "name", "id", "title", "label", "show", "loop", "names", "listed", "relation", "reload", "write"])
        name = self.pick()
        if way in ("loop", "names", "listed") and self.lists:
            some = self.random.choice(list(self.lists))
            if way == "loop":
                self.say(f"for one in {some}:")
                self.say("    _ = one.name")
            elif way == "names":
                self.helpers.add("names")
                self.say(f"_ = names_{self.number}({some})")
            else:
                self.say(f"_ = [one.name for one in {some}]")
        elif way == "label":
            self.helpers.add("label")
            self.say(f"_ = label_{self.number}({name})")
        elif way == "show":
            self.helpers.add("show")
            self.say(f"_ = await show_{self.number}({name})")
        elif way == "title":
            self.say(f"_ = {name}.title")
        elif way == "relation":
            sides = [attribute for one, attribute in self.loaded if one == name]
            self.say(f"_ = {name}.{self.random.choice(sorted(sides))}" if sides else f"_ = {name}.name")
        elif way == "reload":
            way = self.random.choice(["refresh", "refresh", "awaitable", "awaitable", "query"])
            target = self.objects[name]
            if way == "refresh":
                self.say(f"await session.refresh({name}, ['name'])")
            elif way == "awaitable":
                self.say(f"_ = await {name}.awaitable_attrs.name")
            else:
                self.say(f"(await session.scalars(select({target}))).unique().all()")
            self.say(f"_ = {name}.name")
        elif way == "write":
            self.say(f"{name}.name = 'other'")
            self.say(f"_ = {name}.id")
        else:
            self.say(f"_ = {name}.{'id' if way == 'id' else 'name'}")
