from sqlalchemy.orm import relationship

links = relationship("Link", cascade="all")
