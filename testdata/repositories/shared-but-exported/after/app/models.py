from sqlalchemy.orm import relationship


class User:
    posts = relationship("Post", cascade="save-update, merge, delete")
    notes = relationship("Note", cascade=("save-update, merge, delete"))
