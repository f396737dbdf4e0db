from sqlalchemy.orm import relationship
FLAG, ALL = 1, "all"
if FLAG:
    posts = relationship("Post", cascade=\
    ALL if FLAG else "a"  # first
    "ll", doc=f"{FLAG=}")
