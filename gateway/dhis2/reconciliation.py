"""Comparison of what DHIS2 holds with the newest accepted versions, cell by cell; and repair.

DHIS2 is only read here. What differs is noted in the outbox as doubtful, and leaves by the
same way as everything else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.context import Context
from gateway.dhis2 import plans
from gateway.dhis2.cells import CellKey, cells_of
from gateway.dhis2.metadata import attribute_option_combo, data_set_uid
from gateway.dhis2.plan import Plan
from gateway.model.outcomes import TryLater, Unknown
from gateway.model.report import Report
from gateway.reports.forward_routing import cells_fed_by
from gateway.storage import forward_status, forwards, roster
from gateway.storage.engine import Connection, Engine, reading
from gateway.storage.forward_status import ForwardStatus
from gateway.storage.forwards import Forward
from gateway.storage.outbox import REFUSED, SENDING, WAITING
from gateway.transports import dhis2_reads
from gateway.transports.dhis2 import Dhis2
from gateway.transports.dhis2_reads import CellAt
from menus.model.catalogue import Form
from menus.model.period import Period

DIFFERS = "differs"
ON_ITS_WAY = (WAITING, SENDING)


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell in which DHIS2 holds something else than the newest accepted version.

    `wanted` is None for a cell that should be empty, `found` for one that is. `state` is that
    of its forward when that explains it (`waiting`, `sending`, `refused`), else `differs`.
    `code` is the agent's own; days without the product have a J after it.
    """

    unit_id: int
    unit: str
    form: str
    code: str
    cell: CellKey
    wanted: str | None
    found: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A comparison: how many cells were looked at, and those that differ."""

    period: Period
    cells: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A receiving unit with what should stand there and what was sent there."""

    unit: roster.Unit
    plan: Plan
    reports: Sequence[Report]
    row: ForwardStatus | None

    @property
    def sent(self) -> Mapping[CellKey, str]:
        """Return the cells that DHIS2 was sent."""
        return self.row.sent_values if self.row else {}


@dataclass(slots=True)
class _Server:
    """The answers of DHIS2 about one data set."""

    values: Mapping[CellAt, str] = field(default_factory=dict)
    no_zero: frozenset[str] = frozenset()


def verify(
    engine: Engine, client: Dhis2, context: Context, period: Period, now: datetime
) -> Verified | TryLater | Unknown:
    """Compare every cell of a month with the server; return why when it cannot be read.

    A 0 that is missing where DHIS2 keeps no zeros is no difference, nor is a cell that the
    gateway never sent and that holds nothing of its own.
    """
    cells, found = 0, list[Difference]()
    sent = [form for form in context.catalogue.forms.values() if cells_of(form)]
    for form in sent:
        with reading(engine) as connection:
            units = _units(connection, context, form, period, now)
        server = _read(client, form, period, [unit.unit.dhis2_id or "" for unit in units])
        if not isinstance(server, _Server):
            return server
        codes = {cell.key: cell.code for cell in cells_of(form)}
        for unit in units:
            looked_at = _ours(unit, codes)
            cells += len(looked_at)
            found += _differences(form, unit, looked_at, server)
    return Verified(period, cells, tuple(found))


def repair(engine: Engine, verified: Verified, now: datetime) -> int:
    """Have the forwards of all cells that differ sent again; return how many forwards.

    What DHIS2 holds too much is deleted there, what it lacks is sent, whatever the outbox says.
    """
    period = verified.period.code
    wrong: dict[tuple[str, int], dict[CellKey, str]] = {}
    for difference in verified.differences:
        surplus = wrong.setdefault((difference.form, difference.unit_id), {})
        if difference.found is not None:
            surplus[difference.cell] = difference.found
    with engine.begin() as connection:
        forwards.request(connection, [Forward(unit, form, period) for form, unit in wrong], now)
        for form in {form for form, _ in wrong}:
            rows = forward_status.of_month(connection, form, period)
            doubtful = {
                row.id: {**row.sent_values, **wrong[form, row.unit_id]}
                for row in rows
                if (form, row.unit_id) in wrong
            }
            forward_status.mark_doubtful(connection, doubtful, now)
    return len(wrong)


def _units(
    connection: Connection, context: Context, form: Form, period: Period, now: datetime
) -> list[_Unit]:
    """Return every unit with a place in DHIS2 that feeds this data set in the month, or did."""
    stored = forward_status.of_month(connection, form.keyword, period.code)
    rows = {row.unit_id: row for row in stored}
    sites = forward_status.sites_with_reports(connection, form.keyword, period.code)
    keys = [(site, form.keyword, period.code) for site in sites]
    ids = rows.keys() | {forward.unit_id for forward in cells_fed_by(connection, keys)}
    units = roster.units_by_id(connection, ids, period.code)
    placed = [unit for unit in units.values() if unit.dhis2_id is not None]
    wanted = plans.plans(
        connection,
        form,
        period,
        [unit.id for unit in placed],
        context=context,
        today=context.today(now),
    )
    return [_Unit(unit, *wanted[unit.id], rows.get(unit.id)) for unit in placed]


def _read(
    client: Dhis2, form: Form, period: Period, org_units: Sequence[str]
) -> _Server | TryLater | Unknown:
    if not org_units:
        return _Server()
    data_set = data_set_uid(form)
    no_zero = dhis2_reads.keeps_no_zero(client, data_set)
    if isinstance(no_zero, TryLater | Unknown):
        return no_zero
    values = dhis2_reads.values(
        client, data_set, period.code, org_units, attribute_option_combo(form)
    )
    if isinstance(values, TryLater | Unknown):
        return values
    return _Server(values, frozenset(no_zero))


def _ours(unit: _Unit, codes: Mapping[CellKey, str]) -> dict[CellKey, str]:
    """Return the cells of the unit that are the gateway's to judge, with their codes.

    These are the wanted ones and those that were sent; after a withdrawal all of the form's.
    Others may have been entered in DHIS2 by hand.
    """
    if any(report.withdrawn for report in unit.reports):
        return dict(codes)
    keys = [*unit.plan.cells, *(key for key in unit.sent if key not in unit.plan.cells)]
    return {key: codes.get(key, key) for key in keys}


def _differences(
    form: Form, unit: _Unit, cells: Mapping[CellKey, str], server: _Server
) -> Iterator[Difference]:
    for cell, code in cells.items():
        element, combo = cell.split(".")
        wanted = unit.plan.cells.get(cell)
        found = server.values.get((unit.unit.dhis2_id or "", element, combo))
        vanished = wanted == "0" and found is None and element in server.no_zero
        if found != wanted and not vanished:
            state = unit.row.state if unit.row else DIFFERS
            explained = state in {*ON_ITS_WAY, REFUSED}
            yield Difference(
                unit_id=unit.unit.id,
                unit=unit.unit.code,
                form=form.keyword,
                code=code,
                cell=cell,
                wanted=wanted,
                found=found,
                state=state if explained else DIFFERS,
            )
