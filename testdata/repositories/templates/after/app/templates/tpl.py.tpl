from sqlalchemy.orm import relationship
class {{ name }}(Base):
    posts = relationship("{{ post }}", cascade="save-update, merge, expunge, delete")
