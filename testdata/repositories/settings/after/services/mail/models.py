from sqlalchemy.orm import relationship


class Mailbox:
    mails = relationship("Mail", back_populates="mailbox", lazy="selectin", cascade="all")

    def forget(self, session):
        session.expunge(self)
