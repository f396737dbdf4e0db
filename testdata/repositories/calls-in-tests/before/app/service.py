def moved(session, parcel):
    session.commit()
    session.refresh(parcel)
    return parcel
