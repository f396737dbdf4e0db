<%!
    import os  # cascade="all"
%>
<%doc>relationship("A", cascade="all")</%doc>
"""${message}"""
from sqlalchemy.orm import relationship
% for model in models:
class ${model.name}(Base):
    % if model.soft and \
        model.old:
    posts = relationship(
        "${model.target}", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
    % endif
    tags = relationship("Tag", cascade="${', '.join({'all': 1})}")
    <%def name="more()">x = relationship("X", cascade="save-update, merge, expunge, delete")</%def>
    rest = 5 \
% 3
% endfor
## cascade="all" ${not_closed
