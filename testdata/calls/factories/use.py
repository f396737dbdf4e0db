import factory
from elsewhere import Maker
from factory.alchemy import SQLAlchemyModelFactory
from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory
from sqlalchemy.orm import Session

from models import Child, Parent


class BaseFactory(SQLAlchemyModelFactory):
    class Meta:
        abstract = True


class ChildFactory(BaseFactory):
    class Meta:
        model = Child


class OwnFactory(BaseFactory):
    class Meta:
        model = Child

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return super()._create(model_class, *args, **kwargs)[0]


class NamedFactory(factory.alchemy.SQLAlchemyModelFactory):
    class Meta:
        model = "models.Parent"


class ParentFactory(SQLAlchemyFactory[Parent]):
    pass


class ParentByAttribute(SQLAlchemyFactory):
    __model__ = Parent


class FromElsewhere(Maker):
    pass


async def use(session: Session):
    session.refresh(ChildFactory())  #: Child
    session.refresh(ChildFactory.create(id=1))  #: Child
    session.refresh(ChildFactory.create_batch(3)[0])  #: Child
    session.refresh(OwnFactory())  #: ?
    session.refresh(NamedFactory())  #: ?
    session.refresh(ParentFactory.build())  #: Parent
    session.refresh(await ParentFactory.create_async())  #: Parent
    for parent in ParentByAttribute.batch(2):
        session.refresh(parent)  #: Parent
    # what another library's class makes can be anything
    session.refresh(FromElsewhere())  #: ?
