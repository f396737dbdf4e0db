from sqlalchemy.orm import relationship
# cascade-fix: ignore
posts = relationship("Post", cascade="all")
notes = relationship("Note", cascade="save-update, merge, delete")
