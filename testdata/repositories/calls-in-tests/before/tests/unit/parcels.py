def check(session, parcel):
    session.refresh(parcel)
    session.expire(parcel)
