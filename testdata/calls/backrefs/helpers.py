from sqlalchemy.orm import relationship


def relationship_all(target, **options):
    return relationship(target, cascade="all", **options)
