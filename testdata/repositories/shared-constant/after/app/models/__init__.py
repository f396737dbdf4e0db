from ..orm import CASCADE_ALL as OWNED
