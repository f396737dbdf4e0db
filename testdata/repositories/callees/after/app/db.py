from flask_sqlalchemy import SQLAlchemy as Database


class ProjectDatabase(Database):
    pass


db = ProjectDatabase()
