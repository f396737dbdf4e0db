from sqlalchemy.orm import relationship

parts = relationship("Part", cascade="all")
