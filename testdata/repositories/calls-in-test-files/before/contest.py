def merged(session, parcel):
    return session.merge(parcel)
