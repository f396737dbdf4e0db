def check(session, parcel):
    session.expunge(parcel)
    session.refresh(parcel)
