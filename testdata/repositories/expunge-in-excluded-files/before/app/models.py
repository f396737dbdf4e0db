from sqlalchemy.orm import relationship

members = relationship("Member", cascade="all")
