from sqlalchemy.orm import Session

from models import Company, Envelope, Group, Letter, Member, Node, User


def backrefs(session: Session, company: Company, group: Group, member: Member):
    session.refresh(company.users[0])  #: User
    for user in company.users:
        session.refresh(user)  #: User
    session.refresh(member.company.users[0].company)  #: Company
    session.refresh(Envelope().letter)  #: Letter
    session.refresh(company.name)  #: ?
    session.refresh(company.letters)  #: ?


def queries(session: Session, group: Group, user: User):
    session.refresh(group.memberships[0])  #: Membership
    session.refresh(group.memberships.filter_by(id=1).first())  #: Membership
    for membership in group.memberships:
        session.refresh(membership)  #: Membership
    session.refresh(user.letters.filter_by(id=1).one())  #: Letter


def others(session: Session, user: User, letter: Letter):
    session.refresh(user.boss)  #: User
    session.refresh(user.next_boss)  #: User
    session.refresh(user.groups[0])  #: Group
    session.refresh(user.teams[0])  #: Group
    session.refresh(letter.stamps["first"])  #: Stamp
    for stamp in letter.stamps.values():
        session.refresh(stamp)  #: Stamp


def itself(session: Session, node: Node):
    session.refresh(node.parent)  #: Node
    session.refresh(node.children[0].parent)  #: Node
    session.refresh(node.top)  #: Node
    for one in node.walk():
        session.refresh(one)  #: Node
