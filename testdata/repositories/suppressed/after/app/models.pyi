from sqlalchemy.orm import relationship

posts = relationship("Post", cascade="all")  # cascade-fix: ignore
notes = relationship("Note", cascade="save-update, merge, delete")
