from sqlalchemy.orm import relationship

tags = relationship("Tag", cascade="all")
uses = relationship("Use", cascade="delete")
