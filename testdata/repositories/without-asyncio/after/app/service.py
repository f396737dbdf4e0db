from sqlalchemy.orm import Session


def moved(session: Session, shelf):
    session.commit()
    session.refresh(shelf)
    return shelf
