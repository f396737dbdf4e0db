from sqlalchemy.orm import relationship

items = relationship("Item", cascade="all")
