from sqlalchemy.orm import relationship

class {{ name }}:
    posts = relationship("{{ target }}", cascade="all")  # cascade-fix: onship("{{ target } tags %}
    # cascade-fix: ignore
 ame }}:
    posts = relationship("{{ target }}", cascade="all")  #elationship("Tag", cascade="{{ cascade }}")
    {% endif %}
