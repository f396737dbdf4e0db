from {{ cookiecutter.project_slug }}.db import Base
from sqlalchemy.orm import relationship


class User(Base):
    set_by_template = relationship("A", cascade="{{ cookiecutter.cascade }}")
    written = relationship(
        "{{ cookiecutter.model }}", cascade="save-update, merge, expunge, delete"
    )
