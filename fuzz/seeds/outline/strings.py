"""A module
def not_one():
    \"\"\" still
"""
import os  # def f():


def plain(a, b="def x():\n    return 1"):
    """Says
def inner():
    return "nothing"
    """
    text = 'it\'s' "a \"b\"" r'\d\' ', b"bytes \x00" rb'raw\''
    long = """
class NotOne:
    def method(self):
        '''
"""
    return text + long + f"{a!r:>{b}} {{not}} {a['key']} {'nested' if a else "other"} {a:%H:%M '}"


def formats(x):
    return f"{x:'^10}" + f'''{
        x["a"] + "b"
    } {x!s} {{ { {1: 2}[1] } }} def f(): ''' + f"{x=}" + rf"\{x}" + f"{x:{'>'}{10}}" + F"{f"{x}"}"


async   def spaced(x: "def y(): pass") -> dict[str, "list[int]"]:
    async with x as y, \
            x as z:
        return {"a": [y, (z,
    1)], "b": lambda q: {
  q: 1}}
x = 1
