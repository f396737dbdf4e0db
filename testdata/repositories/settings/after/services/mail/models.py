from sqlalchemy.orm import relationship


class Mailbox:
    mails = relationship("Mail", back_populates="mailbox", lazy="selectin", cascade="save-update, merge, delete")

    def forget(self, session):
        session.expunge(self)
