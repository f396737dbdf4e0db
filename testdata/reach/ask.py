"""Prints, for each class, over which relationships with refresh-expire an object of it expires others: SQLAlchemy is asked."""

import json

import models
from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import Session, configure_mappers


def made():
    user = models.Admin()
    user.grants = [models.Grant()]
    user.address = models.Address()
    user.notes = [models.Note(lines=[models.Line()])]
    user.posts = [models.Post(comments=[models.Comment(votes=[models.Vote()])], tags=[models.Tag(uses=[models.Use()])])]
    return user


def loaded(obj, known):
    if obj not in known:
        known.append(obj)
        for attribute in inspect(type(obj)).relationships:
            value = getattr(obj, attribute.key)
            for other in value if isinstance(value, list) else [value] if value is not None else []:
                loaded(other, known)
    return known


def reached(class_):
    with Session(create_engine("sqlite://")) as session:
        models.Base.metadata.create_all(session.get_bind())
        session.add(made())
        session.commit()
        root = session.query(models.Admin).one()
        objects = loaded(root, [])
        held = {obj: {key: inspect(obj).dict[key] for key in inspect(type(obj)).relationships.keys()} for obj in objects}
        held = {obj: {key: list(value) if isinstance(value, list) else [value] for key, value in of.items()} for obj, of in held.items()}
        start = next(obj for obj in objects if isinstance(obj, class_))
        session.expire(start)
        expired = {obj for obj in objects if inspect(obj).expired_attributes}
        found = set()
        for obj in expired:
            for attribute in inspect(type(obj)).relationships:
                if "refresh-expire" in attribute.cascade and any(other in expired for other in held[obj][attribute.key]):
                    found.add(f"{attribute.parent.class_.__name__}.{attribute.key}")
        return sorted(found)


configure_mappers()
classes = [mapper.class_ for mapper in models.Base.registry.mappers]
print(json.dumps({class_.__name__: reached(class_) for class_ in classes}))
