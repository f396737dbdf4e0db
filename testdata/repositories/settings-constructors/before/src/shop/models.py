import toolkit.links
from toolkit import links

from shop import orm
from shop.orm import children
from . import orm as shop_orm
from .orm import parent as one
from .short import kids

OWNED = "all, delete-orphan"


class Order:
    items = children("Item", cascade="all")
    notes = orm.children("Note", cascade=OWNED)
    customer = shop_orm.parent("Customer", cascade="all")
    address = one("Address", cascade="all")
    parts = kids("Part", cascade="all")
    tags = toolkit.links.link("Tag", cascade="all")
    marks = links.link("Mark", **{"cascade": "all"})
    views = links.view("View", cascade="all")
