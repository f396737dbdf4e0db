from .consts import INNER

print(INNER)
