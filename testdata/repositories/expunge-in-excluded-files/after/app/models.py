from sqlalchemy.orm import relationship

members = relationship("Member", cascade="save-update, merge, expunge, delete")
