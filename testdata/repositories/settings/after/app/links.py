from sqlalchemy.orm import relationship
from toolkit.orm import register_link

register_link(relationship, "all, delete-orphan")
