"""The health of each far side, shared by all workers: what a breaker remembers.

A far side has one row, and one more for each part of it that can fail by itself (`dhis2 PEC`:
the data set of a form).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from gateway.storage.engine import insert_new
from gateway.storage.tables import destinations

OPERATOR, DHIS2 = "operator", "dhis2"


@dataclass(frozen=True, slots=True)
class Health:
    """`failures` in a row, and until when nothing should be tried; zero when all is well.

    `batch` is the most that may go in one request just now, None for no special limit.
    """

    failures: int = 0
    closed_until: datetime | None = None
    reason: str = ""
    detail: str = ""
    batch: int | None = None

    def rests(self, now: datetime) -> bool:
        """Return whether the far side is to be left alone at a moment."""
        return self.closed_until is not None and self.closed_until > now


def part(name: str, what: str) -> str:
    """Return the name of a part of a far side that can fail by itself."""
    return f"{name} {what}"


def health(connection: Connection, name: str) -> Health:
    """Return what is known of a far side or a part; all is well with one never heard of."""
    return with_parts(connection, name).get(name, Health())


def with_parts(connection: Connection, name: str) -> Mapping[str, Health]:
    """Return what is known of a far side and of its parts, by name.

    Those never heard of are left out.
    """
    mine = or_(
        destinations.c.name == name, destinations.c.name.startswith(f"{name} ", autoescape=True)
    )
    return {
        row.name: Health(
            row.failures, row.closed_until, row.reason or "", row.detail or "", row.batch
        )
        for row in connection.execute(select(destinations).where(mine))
    }


def lock(connection: Connection, name: str) -> None:
    """Let no other transaction decide what goes to this far side until this one ends."""
    statement = insert_new(connection, destinations).values(name=name, failures=0)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["name"]))
    mine = select(destinations.c.name).where(destinations.c.name == name)
    connection.execute(mine.with_for_update()).all()


def note_failure(
    connection: Connection, name: str, *, until: datetime, reason: str, detail: str
) -> None:
    """Count one more failure in a row; nothing is tried before `until`."""
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


def note_success(connection: Connection, name: str) -> bool:
    """Forget the failures of a far side that answers; return whether there were any."""
    statement = (
        update(destinations)
        .where(destinations.c.name == name, destinations.c.failures > 0)
        .values(failures=0, closed_until=None, reason=None, detail=None)
    )
    return connection.execute(statement).rowcount == 1


def set_batch(connection: Connection, name: str, batch: int | None) -> None:
    """Store the most that goes in one request; None: as much as the programme allows."""
    statement = insert_new(connection, destinations).values(name=name, failures=0, batch=batch)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"batch": batch})
    )


def free_from(connection: Connection, name: str) -> datetime | None:
    """Return from when this destination may be used again; None when it may be at once.

    The row is locked until the transaction ends, so that two senders share one rate.
    """
    statement = select(destinations.c.closed_until).where(destinations.c.name == name)
    return connection.scalar(statement.with_for_update())


def reserve_until(connection: Connection, name: str, until: datetime) -> None:
    """Let nothing more go to this destination before that moment."""
    statement = insert_new(connection, destinations).values(name=name, closed_until=until)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"closed_until": until}
    )
    connection.execute(statement)
