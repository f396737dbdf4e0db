from sqlalchemy.orm import relationship

links = relationship("Link", cascade="save-update, merge, expunge, delete")
