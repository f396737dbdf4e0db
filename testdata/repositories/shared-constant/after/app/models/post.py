from sqlalchemy.orm import backref, relationship

from app.orm import *


class Post:
    comments = relationship("Comment", backref=backref("post", cascade=CASCADE_ALL))
