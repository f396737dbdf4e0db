from sqlalchemy.orm import relationship


class Graph:
    def relationship(self, name, cascade):
        return name, cascade

    def build(self):
        return self.relationship("a", cascade="all")


def rebound():
    relationship = Graph
    return relationship(cascade="all")
