from sqlalchemy.orm import relationship

BROKEN = f(
TEXT = f"{{"
class User(Base):
    plain = relationship("A", cascade="save-update, merge, expunge, delete")
MORE = "}}"
after = relationship("A", cascade="save-update, merge, expunge, delete")
