from typing import TypedDict

from sqlalchemy.orm import Session

from models import Post, User


class Parts(TypedDict, total=False):
    user: User
    post: Post


def appended(session: Session, user: User, post: Post):
    items = [user]
    items.append(post)
    for item in items:
        session.refresh(item)  #: Post | User
    others = [user]
    others += [post]
    session.refresh(others[1])  #: Post | User
    sliced = [user]
    sliced[1:] = [post]
    session.refresh(sliced[-1])  #: Post | User
    kept = [user]
    session.refresh(kept[0])  #: User
    declared: list[User | Post] = [user]
    session.refresh(declared[0])  #: Post | User
    nothing = [None] * 2
    nothing[1] = user
    session.refresh(nothing[1])  #: User


def set_by_key(session: Session, user: User, post: Post):
    items = {"user": user}
    items["post"] = post
    session.refresh(items["post"])  #: Post | User
    named = dict(user=user)
    named.update(post=post)
    session.refresh(named["post"])  #: Post | User
    parts: Parts = {"user": user}
    parts["post"] = post
    session.refresh(parts["post"])  #: Post
    lists = {"all": [user]}
    lists["all"].append(post)
    session.refresh(lists["all"][1])  #: Post | User


def put_together(session: Session, user: User, post: Post, others: list[Post]):
    session.refresh(((user,) + (post,))[1])  #: Post
    session.refresh({**{"user": user}, "post": post}["user"])  #: Post | User
    session.refresh(({"user": user} | {"post": post})["post"])  #: Post | User
    session.refresh((user, *others)[1])  #: Post | User
    for item in {user}.union([post]):
        session.refresh(item)  #: Post | User


def own_names(session: Session, user: User):
    items = [user]

    def other(post: Post):
        items = []
        items.append(post)
        return items

    session.refresh(items[0])  #: User
    other(Post())
