"""Many ids in one statement: as one parameter, or in chunks."""

import json
from collections.abc import Collection, Iterator
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

T = TypeVar("T")


def is_one_of(
    connection: Connection, column: ColumnElement[Any], ids: Collection[int]
) -> ColumnElement[bool]:
    """Return the condition that the column is one of these ids, of which there may be any number.

    A parameter for each id costs more than the query itself once there are hundreds: the
    statement is written and read anew for every length of the list, and its plan is not kept.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    rows = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(rows.c.value))


def chunks(items: Collection[T], size: int) -> Iterator[list[T]]:
    """Yield the items in their order, in lists of at most `size`."""
    ordered = list(items)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
