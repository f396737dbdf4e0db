def check(session, parcel):
    session.refresh(parcel)
