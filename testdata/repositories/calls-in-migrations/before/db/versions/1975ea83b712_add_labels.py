def upgrade(session, parcel):
    session.expunge(parcel)
