from sqlalchemy.orm import relationship

parts = relationship("Part", cascade="save-update, merge, expunge, delete")
