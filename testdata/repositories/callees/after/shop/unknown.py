from elsewhere import engine


class Order:
    items = engine.relationship("Item", cascade="all")


def declare(relationship):
    return relationship("Item", cascade="all")


def of(factory):
    return factory().relationship("Item", cascade="all")
