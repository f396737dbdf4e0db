"""Finds SQLAlchemy cascades that include refresh-expire, and lists the others in their place.

A thin layer over the ``cascade-fix`` program, for codemod pipelines and tests::

    >>> from cascade_fix import check, fix
    >>> source = "from sqlalchemy.orm import relationship\\n\\nposts = relationship('Post', cascade='all')\\n"
    >>> [(finding["code"], finding["start"]["line"]) for finding in check(source)["findings"]]
    [('CAS001', 3)]
    >>> print(fix(source).splitlines()[2])
    posts = relationship('Post', cascade='save-update, merge, expunge, delete')

What a relationship is, and who refreshes its objects, is known better the more of a repository can be seen: pass ``filename``, the path
that the source has in it, and ``root``, the folder of the repository. Without them the source is looked at alone.
"""

from ._api import (
    Call,
    CascadeFixError,
    Edit,
    Finding,
    Fix,
    Position,
    Reach,
    ReachingCall,
    Relationship,
    Report,
    check,
    fix,
)
from ._program import find_program

__all__ = [
    "Call",
    "CascadeFixError",
    "Edit",
    "Finding",
    "Fix",
    "Position",
    "Reach",
    "ReachingCall",
    "Relationship",
    "Report",
    "check",
    "find_program",
    "fix",
]
