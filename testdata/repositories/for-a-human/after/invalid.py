from sqlalchemy.orm import relationship


class Parent(Base):
    underscore = relationship("Child", cascade="all, delete_orphan")
    missing_comma = relationship("Child", cascade="all" "delete-orphan")
    upper = relationship("Child", cascade="ALL")
    blank = relationship("Child", cascade=" all")
    semicolon = relationship("Child", cascade="all; delete-orphan")
    nonsense = relationship("Child", cascade="everything")
    in_a_list = relationship("Child", cascade=["all, delete-orphan"])
    true = relationship("Child", cascade=True)
    false = relationship("Child", cascade=False)
    number = relationship("Child", cascade=1)
    a_bytes = relationship("Child", cascade=b"all")
    zero_width = relationship("Child", cascade="all​, delete")
