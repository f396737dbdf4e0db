from sqlalchemy.orm import relationship


def children():
    from consts import OWNED

    return relationship("Child", cascade=OWNED)
