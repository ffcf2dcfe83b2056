"""The health of each far side, shared by all workers: what a breaker remembers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from gateway.storage.engine import insert_new
from gateway.storage.tables import destinations

OPERATOR, DHIS2 = "operator", "dhis2"


@dataclass(frozen=True, slots=True)
class Health:
    """`failures` in a row, and until when nothing should be tried; zero when all is well."""

    failures: int = 0
    closed_until: datetime | None = None
    reason: str = ""
    detail: str = ""


def health(connection: Connection, name: str) -> Health:
    row = connection.execute(select(destinations).where(destinations.c.name == name)).first()
    if row is None:
        return Health()
    return Health(row.failures, row.closed_until, row.reason or "", row.detail or "")


def failed(connection: Connection, name: str, *, until: datetime, reason: str, detail: str) -> None:
    """One more failure in a row; nothing is tried before `until`."""
    statement = insert_new(connection, destinations).values(
        name=name, failures=1, closed_until=until, reason=reason, detail=detail
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={
                "failures": destinations.c.failures + 1,
                "closed_until": until,
                "reason": reason,
                "detail": detail,
            },
        )
    )


def worked(connection: Connection, name: str) -> bool:
    """It answers. Returns whether it had been failing."""
    return connection.execute(delete(destinations).where(destinations.c.name == name)).rowcount == 1


def next_free(connection: Connection, name: str) -> datetime | None:
    """From when this destination may be used again; None when it may be at once.

    Held until the transaction ends, so that two senders share one rate.
    """
    statement = select(destinations.c.closed_until).where(destinations.c.name == name)
    return connection.scalar(statement.with_for_update())


def busy_until(connection: Connection, name: str, until: datetime) -> None:
    """Nothing more goes to this destination before that moment."""
    statement = insert_new(connection, destinations).values(name=name, closed_until=until)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"closed_until": until}
    )
    connection.execute(statement)
