from consts import OWNED, SHARED, Cascades
from loud import LOUD

print(OWNED, SHARED, list(Cascades), LOUD)
