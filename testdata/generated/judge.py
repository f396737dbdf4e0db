"""Asked whether a fix changes the values of cascades alone: a JSON object a line with the module `before` and `after`, and a line of
JSON for each answer.

An answer is null where all is well; `"refused"` where Python does not read the module before the fix either; else what is wrong.
"""

import ast
import io
import json
import sys
import tokenize
import warnings

ALL = {"save-update", "merge", "refresh-expire", "expunge", "delete"}
CALLED = {"frozenset": frozenset, "list": list, "set": set, "tuple": tuple, "str": str}


class Blanked(ast.NodeTransformer):
    """Takes the cascades out of a tree, and keeps them in order."""

    def __init__(self):
        self.values = []

    def taken(self, value):
        self.values.append(value)
        return ast.Constant("a cascade")

    def visit_keyword(self, node):
        if node.arg == "cascade":
            node.value = self.taken(node.value)
            return node
        return self.generic_visit(node)

    def visit_Dict(self, node):
        is_cascade = [isinstance(key, ast.Constant) and key.value == "cascade" for key in node.keys]
        if len(node.keys) == 2 and node.keys[0] is None and is_cascade[1]:
            # what is given stays, and another list lies over it
            return self.visit(node.values[0])
        node.values = [self.taken(value) if is_it else self.visit(value) for is_it, value in zip(is_cascade, node.values)]
        return node

    def visit_Assign(self, node):
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id.startswith("CASCADE_"):
            node.value = self.taken(node.value)
            return node
        return self.generic_visit(node)

    def visit_arguments(self, node):
        of_positions = zip(reversed(node.args), reversed(node.defaults))
        names = [*(argument.arg for argument, _ in of_positions)][::-1]
        node.defaults = [self.of(name, value) for name, value in zip(names, node.defaults)]
        node.kw_defaults = [value and self.of(one.arg, value) for one, value in zip(node.kwonlyargs, node.kw_defaults)]
        return node

    def of(self, name, value):
        return self.taken(value) if name == "cascade" else self.visit(value)


def options(value):
    """The set that an expression gives; None where it is no literal, or gives none."""
    try:
        given = eval(compile(ast.fix_missing_locations(ast.Expression(value)), "", "eval"), {"__builtins__": CALLED})
        names = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
    except Exception:
        return None
    known = set() if "none" in names else set(names) - {""}
    return known - {"all"} | ALL if "all" in known else known


def comments(source):
    tokens = tokenize.tokenize(io.BytesIO(source).readline)
    return [token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT]


def judged(before, after, drops_alone):
    try:
        old = ast.parse(before)
    except (SyntaxError, ValueError):
        return "refused"
    try:
        new = ast.parse(after)
    except (SyntaxError, ValueError) as error:
        return f"Python does not read it: {error}"
    blanked_old, blanked_new = Blanked(), Blanked()
    if ast.dump(blanked_old.visit(old)) != ast.dump(blanked_new.visit(new)):
        return "other code than that of cascades changes"
    if comments(before) != comments(after):
        return "the comments are not the same"
    for one, other in zip(blanked_old.values, blanked_new.values):
        had, has = options(one), options(other)
        is_changed = ast.dump(one) != ast.dump(other)
        if drops_alone and is_changed and had is not None and has is not None:
            if not had - {"refresh-expire", "expunge"} <= has <= had - {"refresh-expire"}:
                return f"{sorted(had)} becomes {sorted(has)}"
    return None


warnings.simplefilter("ignore")
for line in sys.stdin:
    asked = json.loads(line)
    # as the parser takes a file
    before, after = (asked[side].replace("\r\n", "\n").replace("\r", "\n").encode() for side in ("before", "after"))
    print(json.dumps(judged(before, after, asked["drops_alone"])), flush=True)
