from sqlalchemy.orm import relationship

SETS = {frozenset({1}): {{2}.pop(), 3}}
TEXT = f"{{ {len(SETS)} }} {{% {1} %}} {{# no comment #}}"
JINJA = "{% if x %}{{ x }}{% endif %}"


class User(Base):
    braces = relationship("A", cascade="{{ x }}")
    plain = relationship("A", cascade="save-update, merge, expunge, delete")
