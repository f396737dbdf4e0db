def parcel(session, parcel):
    session.expire(parcel)
