from sqlalchemy.orm import relationship
{%- if cookiecutter.posts %}
class User(Base):
    posts = relationship(
        "Post", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    tags = relationship("Tag", cascade="{{ cookiecutter.cascade }}")
{%- endif %}
