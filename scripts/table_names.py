#!/usr/bin/env python3
"""Runs functions that make the name of a table of that of a class, in the many ways in which they are written, and records what Python
says of each for class names of all kinds.

scripts/table_names.py       a second; rewrites testdata/oracle/table_names.jsonl
"""

import json
import pathlib

NAMES = (
    "User BlogPost HTTPServer APIKey UserV2 OAuth2Token A AB Category Bus Box Day Branch x snake_case Mixed_Case "
    "UserDBModel ItemORM Person Status _Private X2Y Base64Data lowerCamel ABCDef Z9 HTMLToPDFPage Leaf"
).split()

# what stands behind `return`, of `cls`
EXPRESSIONS = [
    "cls.__name__",
    "cls.__name__.lower()",
    "cls.__name__.lower() + 's'",
    "f'{cls.__name__.lower()}s'",
    "f'{PREFIX}{cls.__name__.lower()}'",
    "PREFIX + cls.__name__.upper()",
    "'%s_%s' % (PREFIX, cls.__name__.lower())",
    "'{}s'.format(cls.__name__.lower())",
    "'tbl_' + cls.__name__.removesuffix('Model').lower()",
    "cls.__name__.replace('ORM', '').replace('DBModel', '').lower()",
    "cls.__name__[:-5].lower() if cls.__name__.endswith('Model') else cls.__name__.lower()",
    "cls.__name__[0].lower() + cls.__name__[1:]",
    "cls.__name__[::-1]",
    "cls.__name__[-3:] or 'none'",
    "cls.__name__.lower() if cls.__name__.endswith('s') else cls.__name__.lower() + 's'",
    "cls.__name__.capitalize()",
    "cls.__name__.title()",
    "cls.__name__.swapcase()",
    "cls.__name__.strip('_').lower()",
    "cls.__name__.split('_')[0]",
    "cls.__name__.partition('_')[2] or cls.__name__",
    "'_'.join(cls.__name__.split('_', 1)).lower()",
    "str(cls.__name__).casefold()",
    "'_'.join([PREFIX, cls.__name__.lower()])",
    "'_'.join(part.lower() for part in re.findall('[A-Z][^A-Z]*', cls.__name__)) or cls.__name__",
    "'_'.join(re.findall(r'[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+', cls.__name__)).lower()",
    "'_'.join(map(str.lower, re.findall(r'[A-Z][a-z0-9]*|[a-z0-9_]+', cls.__name__)))",
    "re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()",
    "re.sub('(?<!^)([A-Z])', r'_\\1', cls.__name__).lower()",
    "re.sub('([A-Z])', r'_\\1', cls.__name__).lower().lstrip('_')",
    "re.sub('([a-z0-9])([A-Z])', r'\\1_\\2', cls.__name__).lower()",
    "re.sub('([a-z0-9])([A-Z])', r'\\g<1>_\\g<2>', re.sub('(.)([A-Z][a-z]+)', r'\\1_\\2', cls.__name__)).lower()",
    "re.sub(r'((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))', r'_\\1', cls.__name__).lower()",
    "re.sub(r'(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])', '_', cls.__name__).lower()",
    "re.sub('[A-Z]', lambda match: '_' + match.group(0).lower(), cls.__name__).lstrip('_')",
    "re.sub('(?!^)([A-Z]+)', lambda m: f'_{m.group(1).lower()}', cls.__name__).lower()",
    "re.sub(r'([A-Z]+)', lambda m: '_' + m[0], cls.__name__).strip('_').lower()",
    "re.sub(r'\\d+', '', cls.__name__).lower()",
    "re.sub('[a-z]', '', cls.__name__, flags=re.I) + 'x'",
    "re.sub('[A-Z]', '_', cls.__name__, 1).lower()",
    "PATTERN.sub('_', cls.__name__).lower()",
    "'_'.join(PATTERN.split(cls.__name__)).lower()",
    "snake(cls.__name__)",
    "snake(name=cls.__name__) + 's'",
    "plural(snake(cls.__name__))",
    "loop(cls.__name__)",
    "listed(cls.__name__)",
    "stepwise(cls.__name__)",
    "of_class(cls)",
    "prefixed(cls.__name__)",
    "prefixed(cls.__name__, prefix='x')",
    "Naming.of(cls.__name__)",
    "Naming.made(cls.__name__)",
    "alias(cls.__name__)",
    "until(cls.__name__)",
    "early(cls.__name__)",
    "''.join('_' + c.lower() if c.isupper() else c for c in cls.__name__).lstrip('_')",
    "''.join(['_' + c.lower() if i > 0 and c.isupper() else c.lower() for i, c in enumerate(cls.__name__)])",
    "''.join(c for c in cls.__name__ if not c.isdigit() and c not in 'aeiou')",
    "''.join(reversed(cls.__name__))",
    "''.join(a + b.lower() for a, b in zip(cls.__name__, cls.__name__[1:]))",
    "'x' * len(cls.__name__)",
    "str(len(cls.__name__)) + cls.__name__",
    "'many' if len(cls.__name__) >= 5 and any(c.isdigit() for c in cls.__name__) else 'few'",
    "'upper' if all(c.isupper() for c in cls.__name__) else 'lower' if cls.__name__.islower() else 'mixed'",
    "cls.__name__.lower() + ('es' if cls.__name__.endswith(('s', 'x', 'ch')) else 's')",
    "(cls.__name__.lower()[:-1] + 'ies') if cls.__name__[-1:] == 'y' and cls.__name__[-2] not in 'aeiou' else cls.__name__",
    "'t_' + cls.__name__.lower() if 'Post' in cls.__name__ else 'o_' + cls.__name__.lower()",
    "type(cls)" ,
    "random_name(cls.__name__)",
]

HEADER = '''import re
import random
from functools import lru_cache

PREFIX = "app_"
PATTERN = re.compile(r"(?<!^)(?=[A-Z])")
FIRST = re.compile("(.)([A-Z][a-z]+)")
SECOND = re.compile("([a-z0-9])([A-Z])")


def snake(name: str) -> str:
    """Snake case."""
    name = FIRST.sub(r"\\1_\\2", name)
    return SECOND.sub(r"\\1_\\2", name).lower()


def plural(word):
    if word.endswith("y") and not word.endswith(("ay", "ey", "oy")):
        return word[:-1] + "ies"
    elif word.endswith(("s", "x", "ch")):
        return f"{word}es"
    else:
        return f"{word}s"


def loop(name):
    result = ""
    for index, char in enumerate(name):
        # a capital begins a word
        if char.isupper() and index != 0 and (not name[index - 1].isupper()):
            result += "_"
        result += char.lower()
    return result


def listed(name):
    words = []
    word = ""
    for c in name:
        if c.isupper() and word:
            words.append(word)
            word = c
        else:
            word += c
    words.append(word)
    return "_".join([w.lower() for w in words])


def stepwise(name):
    out = [name[0].lower()]
    for c in name[1:]:
        if c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            out.append("_")
            out.append(c.lower())
            continue
        out.extend(c)
    return "".join(out)


def of_class(klass):
    name: str = klass.__name__
    first, rest = name[:1], name[1:]
    return first.lower() + rest


def prefixed(name, prefix=PREFIX, *, suffix=""):
    return prefix + name.lower() + suffix


class Naming:
    MARK = "__"

    @staticmethod
    def of(name):
        return snake(name)

    @classmethod
    def made(cls, name):
        return cls.MARK + cls.of(name)


alias = snake


def until(name):
    index = 0
    while index < len(name):
        if name[index].isdigit():
            break
        index += 1
    return name[:index].lower() or "none"


@lru_cache
def early(name):
    if not name.isupper():
        return name.lower()
    return name


def random_name(name):
    return random.choice([name, name.lower()])

'''


def answers(expression):
    namespace = {}
    exec(HEADER + f"def table_name(cls):\n    return {expression}\n", namespace)
    for name in NAMES:
        try:
            answer = namespace["table_name"](type(name, (), {}))
        except Exception:  # what Python refuses has no name
            answer = None
        yield name, answer if isinstance(answer, str) and answer and "random" not in expression else None


def main():
    recorded = pathlib.Path(__file__).resolve().parent.parent / "testdata" / "oracle" / "table_names.jsonl"
    lines = [json.dumps({"expression": "", "source": HEADER, "names": {}})]
    lines += [json.dumps({"expression": of, "source": "", "names": dict(answers(of))}) for of in EXPRESSIONS]
    recorded.write_text("\n".join(lines) + "\n")
    print(f"{len(EXPRESSIONS)} functions of {len(NAMES)} names")


if __name__ == "__main__":
    main()
