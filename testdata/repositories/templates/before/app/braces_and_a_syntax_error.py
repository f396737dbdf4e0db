from sqlalchemy.orm import relationship

BROKEN = f(
TEXT = f"{{"
class User(Base):
    plain = relationship("A", cascade="all")
MORE = "}}"
after = relationship("A", cascade="all")
