from toolkit.orm import children


class User(Base):
    posts = children("P", cascade="all, delete-orphan")
    visits = children("V", on_cascade="all")
