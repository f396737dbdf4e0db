def upgrade(session, parcel):
    session.refresh(parcel)
