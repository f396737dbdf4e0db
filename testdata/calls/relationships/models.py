from typing import Optional

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, DynamicMapped, Mapped, attribute_keyed_dict, backref, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Company(Base):
    __tablename__ = "companies"
    name = Column(Integer)


class User(Base):
    __tablename__ = "users"
    company_id = Column(ForeignKey("companies.id"))
    company = relationship("Company", backref="users")
    boss_id = Column(ForeignKey("users.id"))
    boss: "Mapped[Optional[User]]" = relationship(remote_side="User.id")
    next_boss: Mapped["User | None"] = relationship(remote_side="User.id")
    memberships = relationship("Membership", back_populates="user")
    groups = association_proxy("memberships", "group")
    teams: AssociationProxy[list["Group"]] = association_proxy("memberships", "group")
    letters: DynamicMapped["Letter"] = relationship(back_populates="user")


class Member(User):
    pass


class Group(Base):
    __tablename__ = "groups"


class Membership(Base):
    __tablename__ = "memberships"
    user_id = Column(ForeignKey("users.id"))
    group_id = Column(ForeignKey("groups.id"))
    user = relationship(User, back_populates="memberships")
    group = relationship(Group, backref=backref("memberships", lazy="dynamic"))


class Letter(Base):
    __tablename__ = "letters"
    user_id = Column(ForeignKey("users.id"))
    user = relationship(User, back_populates="letters")
    stamps = relationship("Stamp", collection_class=attribute_keyed_dict("name"))
    envelope = relationship("Envelope", backref=backref("letter", uselist=False), uselist=False)


class Stamp(Base):
    __tablename__ = "stamps"
    letter_id = Column(ForeignKey("letters.id"))


class Envelope(Base):
    __tablename__ = "envelopes"
    letter_id = Column(ForeignKey("letters.id"))


class Node(Base):
    __tablename__ = "nodes"
    parent_id = Column(ForeignKey("nodes.id"))
    children = relationship("Node", backref=backref("parent", remote_side="Node.id"))

    @hybrid_property
    def top(self):
        return self.parent

    @top.expression
    def top(cls):
        return cls.parent_id

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()
