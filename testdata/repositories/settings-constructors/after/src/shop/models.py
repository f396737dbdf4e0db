import toolkit.links
from toolkit import links

from shop import orm
from shop.orm import children
from . import orm as shop_orm
from .orm import parent as one
from .short import kids

OWNED = "save-update, merge, delete, delete-orphan"


class Order:
    items = children("Item", cascade="save-update, merge, delete")
    notes = orm.children("Note", cascade=OWNED)
    customer = shop_orm.parent("Customer", cascade="save-update, merge, delete")
    address = one("Address", cascade="save-update, merge, delete")
    parts = kids("Part", cascade="save-update, merge, delete")
    tags = toolkit.links.link("Tag", cascade="save-update, merge, delete")
    marks = links.link("Mark", **{"cascade": "save-update, merge, delete"})
    views = links.view("View", cascade="all")
