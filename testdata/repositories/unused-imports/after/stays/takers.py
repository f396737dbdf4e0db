import stays.taken_as_attribute as source
from stays.taken import OWNED as FIRST
from stays.taken_by_star import *

print(FIRST, source.OWNED)
