from .factory import make

parent = make("parent")


def children(target, **options):
    options.setdefault("passive_deletes", True)
    return make("children")(target, **options)
