"""The base of all tables, and the types of their columns."""

from typing import Any, ClassVar

from sqlalchemy import JSON, Double, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

Json = dict[str, Any]
JSON_OR_NULL = JSON(none_as_null=True)


class Table(DeclarativeBase):
    type_annotation_map: ClassVar[dict[type, Any]] = {float: Double(), str: Text()}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
