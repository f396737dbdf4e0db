def relationship(source, target, cascade):
    return (source, target, cascade)


class Relationship:
    def __init__(self, cascade):
        self.cascade = cascade


owns = relationship("a", "b", cascade="all")
has = Relationship(cascade="all")
