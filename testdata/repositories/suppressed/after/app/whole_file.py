from sqlalchemy.orm import relationship


class User:
    posts = relationship("Post", cascade="all")
    # cascade-fix: ignore-file[CAS001, CAS3]
    notes = relationship("Note", cascade=unknown)
    tags = relationship("Tag", cascade="none")
