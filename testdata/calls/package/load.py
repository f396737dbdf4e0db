from .User import User


def load(session):
    return session.get(User, 1)
