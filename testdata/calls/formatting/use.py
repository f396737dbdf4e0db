from models import User
from sqlalchemy.orm import Session


def use(session: Session, mailbox, user: User):
    # the call begins where the session stands
    (
        session  #: User
        .  # a comment
        expunge  # another
        (user)
    )
    (
        session  #: User
        .refresh
        (user)
    )
    session.expire(  #: User
        # a comment
        user,
    )
    (  #: User
        session.merge
    )(user)
    session.expunge  (  user  )  #: User
    mailbox.expunge()
    mailbox.refresh(
    )
