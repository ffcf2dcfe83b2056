"""Rows of the outbox, made, changed and looked at by the tests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from gateway.storage import forward_rows, forwards, outbox_sms
from gateway.storage.engine import reading
from gateway.storage.forwards import CellSettlement, Forward, ForwardRow
from gateway.storage.outbox import SENT
from gateway.storage.outbox_sms import NewReply
from gateway.storage.tables import org_units
from gateway.storage.tables import outbox as table
from tests.gateway.harness import AWA, NOON

LEASE = 120
FORMS = ["PEC", "NUT"]
SOON = NOON + timedelta(minutes=1)


def units(engine: Engine) -> list[int]:
    with engine.begin() as connection:
        connection.execute(insert(org_units), [{"code": f"SITE{number}"} for number in range(4)])
        return list(connection.scalars(select(org_units.c.id).order_by(org_units.c.id)))


def reply(engine: Engine, *keys: str, phone: str = AWA) -> None:
    with engine.begin() as connection:
        new = [NewReply(key, phone, f"text of {key}", 2, None, None, None, None) for key in keys]  # type: ignore[arg-type]
        outbox_sms.add_replies(connection, new, NOON)


def want(engine: Engine, unit_ids: Sequence[int], form: str = "PEC") -> None:
    with engine.begin() as connection:
        forwards.request(connection, [Forward(one, form, "202610") for one in unit_ids], NOON)


def rows(engine: Engine) -> list[Row[Any]]:
    with reading(engine) as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def change(engine: Engine, **columns: object) -> None:
    with engine.begin() as connection:
        connection.execute(update(table).values(**columns))


def claim(engine: Engine, most: int = 10, forms: Sequence[str] = FORMS) -> tuple[str, list[int]]:
    with engine.begin() as connection:
        token, found = forwards.claim(connection, dict.fromkeys(forms, most), LEASE, NOON)
    return token, [row.unit_id for row in found]


def settle(engine: Engine, token: str, row: Row[Any], of: int = 1, **columns: Any) -> None:
    """Settles a row as it was claimed at a revision."""
    known = ForwardRow(row.id, row.unit_id, row.form, row.period, of, 0, None, {}, False)
    settled = CellSettlement(SENT, sent_revision=of, sent_complete=True, **columns)
    with engine.begin() as connection:
        forward_rows.settle(connection, token, [(known, settled)], LEASE, SOON)
