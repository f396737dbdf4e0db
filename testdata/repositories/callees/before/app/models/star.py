from app.models import *


class Star(db.Model):
    posts = db.relationship("Post", cascade="all")
    wrapped = relationship("Post", cascade="all")
