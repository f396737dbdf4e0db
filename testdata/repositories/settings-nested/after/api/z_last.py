from sqlalchemy.orm import relationship

items = relationship("Item", cascade="save-update, merge, expunge, delete")
