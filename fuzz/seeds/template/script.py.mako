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
    posts = relationship("${model.target}", cascade="all, delete-orphan")
    % endif
    tags = relationship("Tag", cascade="${', '.join({'all': 1})}")
    <%def name="more()">x = relationship("X", cascade="all")</%def>
    rest = 5 \
% 3
% endfor
## cascade="all" ${not_closed
