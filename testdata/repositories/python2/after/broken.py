from sqlalchemy.orm import relationship
print "%s" %
class User(Base):
    posts = relationship("Post", print "now", cascade="all")
    tags = relationship("Tag", cascade="save-update, merge, delete")
    print "done" %
    kind = relationship("Kind", cascade="all, delete-orphan")
