from sqlalchemy.orm import relationship
posts = relationship("Post", cascade="all")  # €
