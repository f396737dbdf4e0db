from sqlalchemy.orm import relationship

options = {"cascade": "all"}
print(options)


def declare():
    options = {}
    return relationship("X", **options)
