"""Tests of many ids in one statement."""

from sqlalchemy import Connection, insert, select

from gateway.storage.sql_in import chunks, is_one_of
from gateway.storage.tables import org_units

MANY = 100_000  # more than either database takes as parameters


def test_a_column_is_one_of_any_number_of_ids(connection: Connection) -> None:
    connection.execute(insert(org_units), [{"code": f"U{number}"} for number in range(3)])
    first, *_, last = connection.scalars(select(org_units.c.id).order_by(org_units.c.id))
    for ids, found in (([first, last], [first, last]), ([], []), (range(last, MANY), [last])):
        query = select(org_units.c.id).where(is_one_of(connection, org_units.c.id, ids))
        assert list(connection.scalars(query.order_by(org_units.c.id))) == found


def test_chunks_keep_order_and_lose_nothing() -> None:
    assert list(chunks("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(chunks({7: "x"}.keys(), 2)) == [[7]]
    assert list(chunks([], 2)) == []
