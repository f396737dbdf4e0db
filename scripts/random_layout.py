#!/usr/bin/env python3
"""Fixes random statements that a formatter has laid out, and counts how many it would still change nothing of.

    scripts/random_layout.py [ruff | black] [NUMBER] [SEED]

Each statement of every kind (assignments, calls, headers, decorators, `yield`, `assert`, …) has a cascade somewhere in it, is formatted with a
random line length, fixed and formatted again. Needs ruff or black ($RUFF, $BLACK, else on the path). Statements that change are listed
with what the formatter makes of them. Exit status 1 if fewer than 98 in 100 stay.
"""
import collections, os, pathlib, random, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
WORDS = "parent child order customer invoice line author post comment tag children_of_it the_parent_of_the_child a b x".split()
VALUES = ["all", "all, delete-orphan", "all, delete", "save-update, merge, refresh-expire"]
KINDS = (
    "assign annotated attribute return yield yield_from assigned_yield assert assert_message raise raise_from with with_as with_two for"
    " while if elif match decorator class def method async_def lambda await subscript augmented"
).split()


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def name(self):
        return self.random.choice(WORDS)

    def cascade(self):
        return f'cascade="{self.random.choice(VALUES)}"'

    def argument(self):
        choice = self.random.random()
        if choice < 0.4:
            return f'"{self.name().title()}"'
        if choice < 0.8:
            return f'{self.name()}={self.random.choice(["True", "1", self.name(), repr(self.name()), f"{self.name()}.{self.name()}", f"[{self.name()}, {self.name()}]"])}'
        return f"{self.name()}=lambda: {self.name()}"

    def arguments(self, *fixed):
        others = [self.argument() for _ in range(self.random.randrange(5))]
        arguments = [*others, *fixed]
        self.random.shuffle(arguments)
        # what has no name comes first
        return ", ".join(sorted(arguments, key=lambda one: "=" in one.split("(")[0].split("lambda")[0]))

    def call(self):
        if self.random.random() < 0.15:
            return f'relationship({self.arguments(f"backref=backref({self.arguments(self.cascade())})")})'
        return f"relationship({self.arguments(self.cascade())})"

    def expression(self, depth=0):
        choice = self.random.random()
        if depth > 1 or choice < 0.5:
            return self.call()
        inner = self.expression(depth + 1)
        return self.random.choice(
            [
                f"{self.name()}({self.arguments(inner)})",
                f"{self.name()}.{self.name()}({inner})",
                f"[{inner}, {self.name()}]",
                f"[{inner}]",
                f'{{"{self.name()}": {inner}, "{self.name()}": {self.name()}}}',
                f"({inner}, {self.name()})",
                f"{inner} if {self.name()} else {self.name()}",
                f"{self.name()} if {self.name()} else {inner}",
                f"{self.name()} or {inner}",
                f"{inner} and {self.name()}",
                f"{self.name()} == {inner}",
                f"not {inner}",
                f"{inner}.{self.name()}",
                f"[{inner} for {self.name()} in {self.name()}]",
                f"(lambda: {inner})",
                f"{self.name()}[{inner}]",
            ]
        )

    def parameters(self):
        kinds = [self.name() + str(index) for index in range(self.random.randrange(5))]
        annotated = [f"{one}: {self.random.choice(['str', 'int', 'type[Any]'])}" if self.random.random() < 0.5 else one for one in kinds]
        cascade = 'cascade: str = "' if self.random.random() < 0.5 else 'cascade="'
        cascade += self.random.choice(VALUES) + '"'
        separator = self.random.choice([[], ["*"], ["/"]] if annotated else [[], ["*"]])
        more = [f"other{index}={self.name()}" for index in range(self.random.randrange(3))]
        rest = ["**options"] if self.random.random() < 0.3 else []
        return ", ".join([*annotated, *separator, cascade, *more, *rest])

    def function(self, word="def", first=""):
        returned = self.random.choice(["", " -> Any", ' -> "Mapped[list[Any]]"', " -> Mapped[list[Any]]", " -> dict[str, Relationship[Any]]"])
        name = f"{self.name()}_{self.name()}"
        comment = self.random.choice(["", "", "", "  # what goes with it"])
        return f"{word} {name}({first}{self.parameters()}){returned}:{comment}\n    return relationship({self.name()}, cascade=cascade)\n"

    def statement(self, kind):
        value = self.expression()
        name = self.name()
        comment = self.random.choice(["", "", "", "", "  # what goes with it"])
        body = f":{comment}\n    pass\n"
        inside = lambda text: "def f():\n" + "".join(f"    {line}\n" for line in text.rstrip("\n").split("\n"))
        return {
            "assign": lambda: f"{name} = {value}{comment}\n",
            "annotated": lambda: f'class A:\n    {name}: Mapped[list["{name.title()}"]] = {value}{comment}\n',
            "attribute": lambda: f"{name}.{self.name()} = {value}\n",
            "return": lambda: inside(f"return {value}{comment}"),
            "yield": lambda: inside(f"yield {value}{comment}"),
            "yield_from": lambda: inside(f"yield from {self.call()}{comment}"),
            "assigned_yield": lambda: inside(f"{name} = yield {self.call()}{comment}"),
            "assert": lambda: f"assert {value}{comment}\n",
            "assert_message": lambda: f'assert {value}, "{name} {self.name()}"\n',
            "raise": lambda: f"raise {name}({value}){comment}\n",
            "raise_from": lambda: f"raise {name}({value}) from {self.name()}\n",
            "with": lambda: f"with {self.call()}{body}",
            "with_as": lambda: f"with {self.call()} as {name}{body}",
            "with_two": lambda: f"with {self.name()}() as x, {self.call()} as {name}{body}",
            "for": lambda: f"for {name} in {value}{body}",
            "while": lambda: f"while {value}{body}",
            "if": lambda: f"if {value}{body}",
            "elif": lambda: inside(f"if {name}:\n    pass\nelif {value}{body}"),
            "match": lambda: f"match {value}{comment}\n    case 1:\n        pass\n".replace(comment + "\n", ":" + comment + "\n", 1),
            "decorator": lambda: f"@{name}({self.arguments(self.call())}){comment}\ndef f():\n    pass\n",
            "class": lambda: f"class A({self.name()}, {name}={value}){body}",
            "def": lambda: self.function(),
            "method": lambda: "class A:\n" + "".join(f"    {line}\n" for line in self.function(first="self, ").rstrip().split("\n")),
            "async_def": lambda: self.function("async def"),
            "lambda": lambda: f"{name} = lambda {self.name()}: {self.call()}{comment}\n",
            "await": lambda: "async " + inside(f"await {self.call()}{comment}"),
            "subscript": lambda: f"{name}[{self.call()}] = 1\n",
            "augmented": lambda: f"{name} += {value}{comment}\n",
        }[kind]()


def main():
    tool = sys.argv[1] if len(sys.argv) > 1 else "ruff"
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    program = os.environ.get(tool.upper(), tool)
    binary = os.environ.get("CASCADE_FIX")
    if not binary:
        subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=HERE, check=True)
        binary = str(pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release" / "cascade-fix")
    format = {"ruff": [program, "format", "-q", "--no-cache", "."], "black": [program, "-q", "--fast", "."]}[tool]
    writer = Writer(seed)
    lengths = (79, 88, 100, 120)
    changed, kept, failures = collections.Counter(), collections.Counter(), []
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)
        for length in lengths:
            (root / str(length)).mkdir()
            target = "['py310']" if tool == "black" else "'py310'"
            settings = f"[tool.{tool}]\nline-length = {length}\ntarget-version = {target}\n"
            (root / str(length) / "pyproject.toml").write_text(settings)
        for index in range(number):
            kind = KINDS[index % len(KINDS)]
            text = "from sqlalchemy.orm import backref, relationship\n\n" + writer.statement(kind)
            (root / str(lengths[index // len(KINDS) % len(lengths)]) / f"{kind}_{index}.py").write_text(text)
        for length in lengths:
            folder = root / str(length)
            read = lambda: {path.name: path.read_text() for path in folder.glob("*.py")}
            subprocess.run(format, cwd=folder, capture_output=True)
            before = read()
            subprocess.run([binary, "fix", "--quiet"], cwd=folder, capture_output=True)
            fixed = read()
            subprocess.run(format, cwd=folder, capture_output=True)
            after = read()
            for name, text in fixed.items():
                if text != before[name]:
                    kind = name.rpartition("_")[0]
                    changed[kind] += 1
                    kept[kind] += text == after[name]
                    if text != after[name]:
                        failures.append((length, name, text, after[name]))
    for length, name, text, wanted in failures[:40]:
        strip = lambda text: text.partition("relationship\n")[2].strip("\n")
        print(f"--- {name}, {length} columns: fixed\n{strip(text)}\n--- {tool} wants\n{strip(wanted)}")
    lost = ", ".join(f"{kind} {changed[kind] - kept[kind]} of {changed[kind]}" for kind in changed if changed[kind] > kept[kind])
    print(f"{tool}: {kept.total()} of {changed.total()} fixed statements stay as they are" + (f"; not: {lost}" if lost else ""))
    sys.exit(100 * kept.total() < 98 * changed.total())


if __name__ == "__main__":
    main()
