# -*- coding: utf-8 -*-
import os, sys
from sqlalchemy.orm import relationship, backref
print "start", 1
print >>sys.stderr, "warn"
print
exec "x = 1"
exec "x = 1" in {}
os.chmod("f", 0755)
long = 10L + 0xFFL + 0777
if 1 <> 2:
    print "differ %s" % `long`
try:
    pass
except (IOError, OSError), error:
    raise ValueError, "no", None
def f((a, b), c):
    return lambda (x, y): x

class User(Base):
    posts = relationship(u"Post", cascade=u"all, delete-orphan", backref=backref("user", cascade=ur"all"))
    tags = relationship("Tag", cascade=ur'all')
    bt = relationship("Tag", cascade=`x`)
    def go(self):
        print "x", self.posts
        print >>sys.stderr, "a", 
        raise E, "x"
def g():
    print relationship("Z", cascade="all")
    exec code in ns
    late = relationship("Z", cascade="all") 
    if x <> 0777: y = relationship("W", cascade="all")
def migrate(session):
    for user in session: print user, ; exec "pass"
    octal = relationship("Mode", info={"mode": 0644}, cascade="all") if 1 <> 2 else `None`
