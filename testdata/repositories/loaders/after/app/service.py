async def renamed(session, playlist, name):
    playlist.name = name
    await session.commit()
    await session.refresh(playlist)
    return playlist
