"""One claim's requests to DHIS2, and each row's own verdict out of the answers.

Rows of one data set go together. A group that is refused for one row's sake is halved until
the culprit stands alone and all others are in; so is a row that is refused for one cell's
sake. Once DHIS2 is away, or an answer was lost, nothing more is sent. Completeness follows in
a request of its own, for rows whose values are all in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from gateway.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import DEFAULT_COMBO, Cell, Dhis2, Registration
from gateway.transports.dhis2_verdict import Accepted, Conflict, GroupRefused, Partly

CELLS: Final = 1000  # the customary most of one request

# The data set itself cannot be written: no row would fare better, and only a person can mend it.
_PAUSE: Final = frozenset({"E7600", "E7601", "E7602", "E7604", "E8002", "E8004", "E8005", "E8010"})
# One cell's mapping can have refused its whole row.
_ONE_CELL: Final = frozenset(
    {"E8003", "E8012", "E8020", "E8024", "E8103", "E8104", "E8108", "E8109"}
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What should stand in DHIS2 for one row. A cell of None is to be deleted.

    `cells` is empty when the values stand there already; `completed` is the registration to
    make, None when there is nothing to change.
    """

    row_id: int
    org_unit: str
    period: str
    cells: Mapping[str, str | None]
    completed: bool | None
    completed_on: date


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row. Without `trouble` and refusals, DHIS2 holds what it should.

    `refused` are its cells that DHIS2 will not have, `not_complete` why it would not register
    completeness. `trouble` is what stopped us: TryLater (nothing of this row was written, or
    only its values when `values_in`) or Unknown (it may have been).
    """

    values_in: bool = False
    completed: bool = False
    refused: Mapping[str, Conflict] = field(default_factory=dict)
    not_complete: Conflict | None = None
    trouble: TryLater | Unknown | None = None


@dataclass(slots=True)
class Delivery:
    """The requests for one claim.

    `before_call` is told the rows that a request will carry, holds them for us, and says
    whether they are still ours and there is time. `upset` counts the lone rows in succession
    that the server could not stomach: the second one is no poison row, it is the server.
    """

    client: Dhis2
    data_set: str
    before_call: Callable[[Sequence[int]], bool]
    attribute_option_combo: str = DEFAULT_COMBO
    results: dict[int, Result] = field(default_factory=dict)
    trouble: TryLater | Unknown | None = None
    calls: int = 0
    upset: int = 0

    def deliver(self, attempts: Sequence[Attempt]) -> dict[int, Result]:
        """Sends every attempt; a result for each, by row."""
        self.results = {one.row_id: Result(values_in=not one.cells) for one in attempts}
        for group in _groups([one for one in attempts if one.cells]):
            self._send(group)
        ready = [
            one
            for one in attempts
            if one.completed is not None and self._clean(self.results[one.row_id])
        ]
        if ready:
            self._complete(ready)
        return self.results

    def _send(self, attempts: Sequence[Attempt]) -> None:
        """Sends these rows' values together; halves them when they are refused together."""
        if not self._may_call(attempts):
            self._hold(attempts, values_in=False)
            return
        cells = [(one, key) for one in attempts for key in one.cells]
        verdict = self.client.post_values(
            self.data_set,
            [_cell(one, key) for one, key in cells],
            attribute_option_combo=self.attribute_option_combo,
        )
        match verdict:
            case Accepted():
                self._accept(attempts)
            case Partly(rejected):
                self._accept(attempts)
                for position, conflict in rejected.items():
                    one, key = cells[position]
                    self._refuse(one, {key: conflict})
            case GroupRefused(conflict):
                self.upset = 0
                self._halve(attempts, conflict)
            case TryLater(everyone=False):
                self._part(attempts, verdict)
            case TryLater() | Unknown():
                self.trouble = verdict
                self._stop(attempts, verdict, values_in=False)

    def _part(self, attempts: Sequence[Attempt], verdict: TryLater) -> None:
        """Something in this request upsets the server: it waits, without holding up others."""
        if len(attempts) == 1:
            self.upset += 1
            if self.upset > 1:
                self.trouble = replace(verdict, everyone=True)
            self._stop(attempts, verdict, values_in=False)
            return
        middle = len(attempts) // 2
        self._send(attempts[:middle])
        self._send(attempts[middle:])

    def _halve(self, attempts: Sequence[Attempt], conflict: Conflict) -> None:
        if conflict.code in _PAUSE:
            self.trouble = TryLater(conflict.code, conflict.text, ours=True)
            self._hold(attempts, values_in=False)
        elif len(attempts) > 1:
            middle = len(attempts) // 2
            self._send(attempts[:middle])
            self._send(attempts[middle:])
        elif len(attempts[0].cells) > 1 and conflict.code in _ONE_CELL:
            for half in _half_cells(attempts[0]):
                self._send([half])
        else:
            self._refuse(attempts[0], dict.fromkeys(attempts[0].cells, conflict))

    def _complete(self, attempts: Sequence[Attempt]) -> None:
        """Registers completeness together; halves on a refusal, since it names no culprit."""
        if not self._may_call(attempts):
            self._hold(attempts)
            return
        verdict = self.client.register_completeness([self._registration(one) for one in attempts])
        match verdict:
            case Accepted() | Partly():
                for one in attempts:
                    self._change(one, completed=True)
            case GroupRefused(conflict) if len(attempts) == 1:
                self._change(attempts[0], not_complete=conflict)
            case GroupRefused():
                middle = len(attempts) // 2
                self._complete(attempts[:middle])
                self._complete(attempts[middle:])
            case TryLater() | Unknown():
                self.trouble = verdict
                self._stop(attempts, verdict)

    def _registration(self, one: Attempt) -> Registration:
        return Registration(
            data_set=self.data_set,
            org_unit=one.org_unit,
            period=one.period,
            attribute_option_combo=self.attribute_option_combo,
            date=one.completed_on,
            completed=bool(one.completed),
        )

    def _may_call(self, attempts: Sequence[Attempt]) -> bool:
        if self.trouble is None and not self.before_call([one.row_id for one in attempts]):
            self.trouble = TryLater("out_of_time", everyone=False)
        if self.trouble is not None:
            return False
        self.calls += 1
        return True

    def _accept(self, attempts: Sequence[Attempt]) -> None:
        self.upset = 0
        for one in attempts:
            self._change(one, values_in=True)

    def _refuse(self, one: Attempt, refused: Mapping[str, Conflict]) -> None:
        known = self.results[one.row_id].refused
        self._change(one, refused={**known, **refused})

    def _hold(self, attempts: Sequence[Attempt], **columns: bool) -> None:
        """These were not sent: whatever stopped the others, nothing of them can have arrived."""
        reason = self.trouble.reason if self.trouble else "held"
        waits = self.trouble if isinstance(self.trouble, TryLater) else TryLater(reason)
        self._stop(attempts, waits, **columns)

    def _stop(
        self, attempts: Sequence[Attempt], trouble: TryLater | Unknown, **columns: bool
    ) -> None:
        for one in attempts:
            self._change(one, trouble=trouble, **columns)

    def _change(self, one: Attempt, **columns: object) -> None:
        self.results[one.row_id] = replace(self.results[one.row_id], **columns)  # type: ignore[arg-type]

    @staticmethod
    def _clean(result: Result) -> bool:
        return result.values_in and not result.refused and result.trouble is None


def _groups(attempts: Sequence[Attempt]) -> list[list[Attempt]]:
    """Rows in their order, in groups of at most CELLS cells; a larger row goes alone."""
    groups: list[list[Attempt]] = []
    size = CELLS
    for one in attempts:
        if size + len(one.cells) > CELLS:
            groups.append([])
            size = 0
        groups[-1].append(one)
        size += len(one.cells)
    return groups


def _half_cells(one: Attempt) -> tuple[Attempt, Attempt]:
    keys = sorted(one.cells)
    middle = len(keys) // 2
    first = {key: one.cells[key] for key in keys[:middle]}
    second = {key: one.cells[key] for key in keys[middle:]}
    return replace(one, cells=first), replace(one, cells=second)


def _cell(one: Attempt, key: str) -> Cell:
    data_element, combo = key.split(".")
    return Cell(data_element, combo, one.org_unit, one.period, one.cells[key])
