from ..db import db
from ..orm import *
