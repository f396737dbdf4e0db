from app.models import *


class Star(db.Model):
    posts = db.relationship("Post", cascade="save-update, merge, delete")
    wrapped = relationship("Post", cascade="save-update, merge, delete")
