from app.models import *


class Star(db.Model):
    posts = db.relationship("Post", cascade="save-update, merge, expunge, delete")
    wrapped = relationship("Post", cascade="save-update, merge, expunge, delete")
