# the object comes from a package that is not here; the file uses it as flask-sqlalchemy's
from shared_database import db


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    items = db.relationship(
        "Item", cascade="save-update, merge, expunge, delete, delete-orphan"
    )
