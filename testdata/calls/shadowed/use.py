from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy.orm import Session

from .models import User


class UserFactory(SQLAlchemyModelFactory):
    class Meta:
        model = User


# the modules of the package do not hide the libraries
def use(session: Session):
    session.refresh(UserFactory())  #: User
    session.refresh(User().awaitable_attrs)  #: User
