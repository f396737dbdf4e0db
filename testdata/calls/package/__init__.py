from .load import load
from .User import Base, User
