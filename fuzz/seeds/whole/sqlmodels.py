from typing import Optional

import sqlmodel
from sqlalchemy.orm import relationship
from sqlmodel import Relationship, SQLModel


class Team(SQLModel, table=True):
    heroes: list["Hero"] = Relationship(back_populates="team", sa_relationship_kwargs={"cascade": "all, delete-orphan"})
    coaches: list["Coach"] = Relationship(sa_relationship_kwargs=dict(lazy="selectin", cascade="all"))
    fans: list["Fan"] = Relationship(sa_relationship=relationship("Fan", cascade="all"))
    flag: list["Hero"] = Relationship(back_populates="team", cascade_delete=True)
    flag_module: list["Hero"] = sqlmodel.Relationship(cascade_delete=True)
    flag_single: list['Hero'] = Relationship(back_populates='team', cascade_delete=True)
    flag_lines: list["Hero"] = Relationship(
        back_populates="team",
        cascade_delete=True,  # with the team go its heroes
    )
    flag_kwargs: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs={"lazy": "selectin"})
    flag_kwargs_lines: list["Hero"] = Relationship(
        cascade_delete=True,
        sa_relationship_kwargs={
            "lazy": "selectin",
        },
    )
    flag_kwargs_empty: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs={})
    flag_kwargs_dict: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs=dict(lazy="selectin"))
    flag_kwargs_comment: list["Hero"] = Relationship(
        cascade_delete=True,
        sa_relationship_kwargs={  # eager
            "lazy": "selectin",
        },
    )
    flag_splat_display: list["Hero"] = Relationship(cascade_delete=True, **{"back_populates": "team"})
    flag_kwargs_none: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs=None)
    flag_viewonly: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs={"viewonly": True})
    flag_kwargs_name: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs=OPTIONS)
    flag_splat: list["Hero"] = Relationship(cascade_delete=True, **options)
    flag_unknown: list["Hero"] = Relationship(cascade_delete=settings.CASCADE)
    flag_dict_lines: list["Hero"] = Relationship(
        cascade_delete=True,
        sa_relationship_kwargs=dict(
            lazy="selectin",
        ),
    )
    # for a human
    flag_in_dictionary: list["Hero"] = Relationship(**{"cascade_delete": True})
    # nothing to do
    overridden_prefix: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs={u"cascade": "merge"})
    overridden: list["Hero"] = Relationship(cascade_delete=True, sa_relationship_kwargs={"cascade": "merge"})
    overridden_unknown: list["Hero"] = Relationship(cascade_delete=FLAG, sa_relationship_kwargs={"cascade": "merge"})
    replaced: list["Hero"] = Relationship(cascade_delete=True, sa_relationship=relationship("Hero"))
    off: list["Hero"] = Relationship(cascade_delete=False)
    plain: Optional["City"] = Relationship()
