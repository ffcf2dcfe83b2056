"""Many ids in one statement, as one parameter."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(
    connection: Connection, column: ColumnElement[Any], ids: Collection[int]
) -> ColumnElement[bool]:
    """Whether the column is one of these ids, of which there may be any number.

    A parameter for each id costs more than the question itself once there are hundreds: the
    statement is written and read anew for every length of the list, and its plan is not kept.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    rows = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(rows.c.value))
