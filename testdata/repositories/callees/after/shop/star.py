from shared_models import *


class Cart(Base):
    id = Column(Integer, primary_key=True)
    items = relationship("Item", cascade="save-update, merge, expunge, delete")
