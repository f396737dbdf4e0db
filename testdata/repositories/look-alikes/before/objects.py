class Graph:
    def __init__(self, session):
        self.session = session

    def relationship(self, name, cascade):
        # self.Model, self.Column( and self.session.add are no flask-sqlalchemy here
        self.session.add(name)
        return name, cascade

    def build(self):
        return self.relationship("a", cascade="all")


class Local:
    def relationship(name, cascade):
        return name, cascade

    owned = relationship("a", cascade="all")


options = {"cascade": "all"}
print(options)
