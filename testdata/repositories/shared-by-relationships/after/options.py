# one-to-many and many-to-one
BOTH = {"cascade": "all", "lazy": "select"}
# one-to-many alone, of more relationships than are named
CHILDREN = {"cascade": "save-update, merge, expunge, delete, delete-orphan"}
# one relationship
ONLY = {"cascade": "save-update, merge, expunge, delete"}
# many-to-one alone, one of them with what delete-orphan needs
PARENTS = dict(cascade="save-update, merge, delete-orphan")
# of a one-to-many and of one that is not known
UNCERTAIN = {"cascade": "save-update, merge, expunge, delete"}
# the one-to-many sides of two many-to-one
OF_BACKREFS = {"cascade": "save-update, merge, expunge, delete"}
# of sqlmodel's relationships, one-to-many and many-to-one
KEYWORDS = {"cascade": "all"}
