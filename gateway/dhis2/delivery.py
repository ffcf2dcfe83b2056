"""The requests for a claim of reports, and each row's own verdict out of the answers.

Rows of one data set go together. A group that is refused for one row's sake is parted until
the culprit stands alone and all others are in; where one cell's mapping is at fault, it is
parted by cells, since all rows share it. Once DHIS2 is away, or an answer was lost, nothing
more is sent. Completeness follows in a request of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from gateway.dhis2.attempt import (
    Attempt,
    Result,
    by_columns,
    by_rows,
    cell,
    cells_in,
    halves,
    packed,
)
from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import DEFAULT_COMBO, Cell, Registration
from gateway.transports.dhis2_codes import TOO_LARGE, concerns_cell, concerns_data_set
from gateway.transports.dhis2_verdict import Accepted, Conflict, GroupRefused, Partly, Verdict

VALUES: Final = 1000  # the customary most of one request


class Client(Protocol):
    """What a delivery needs of DHIS2 (see `gateway.transports.dhis2`)."""

    def post_values(
        self, data_set: str, cells: Sequence[Cell], *, attribute_option_combo: str
    ) -> Verdict: ...

    def register_completeness(self, registrations: Sequence[Registration]) -> Verdict: ...


@dataclass(slots=True)
class Delivery:
    """The requests for one claim, of at most `most` values each.

    `before_call` holds the claim's rows, and says whether they are still held and there is
    time. `upset` counts consecutive single-row requests that failed with a server error: the
    second one is no poison row, it is the server. `unmapped` are the cells that DHIS2 takes
    from no unit. `too_large` tells that a proxy refused a request for its size.
    """

    client: Client
    data_set: str
    before_call: Callable[[], bool]
    attribute_option_combo: str = DEFAULT_COMBO
    most: int = VALUES
    upset: int = 0
    unmapped: dict[str, Conflict] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    trouble: TryLater | Unknown | None = None
    too_large: bool = False
    calls: int = 0

    def deliver(self, attempts: Sequence[Attempt]) -> dict[int, Result]:
        """Send every attempt; return a result for each, by row."""
        self.results = {attempt.row_id: Result(values_in=not attempt.cells) for attempt in attempts}
        for group in packed([attempt for attempt in attempts if attempt.cells], self.most):
            self._send(group)
        ready = [attempt for attempt in attempts if self._may_complete(attempt)]
        if ready:
            self._complete(ready)
        return self.results

    def _may_complete(self, attempt: Attempt) -> bool:
        """Return whether completeness may be told.

        What was refused is not complete; that it no longer is can always be told.
        """
        result = self.results[attempt.row_id]
        if attempt.completed is None or result.trouble is not None:
            return False
        return not attempt.completed or (result.values_in and not result.refused)

    def _send(self, attempts: Sequence[Attempt]) -> None:
        """Send these rows' values together; part them when they are refused together."""
        attempts = self._without_unmapped(attempts)
        if not attempts:
            return
        if not self._may_call():
            self._hold(attempts, values_in=False)
            return
        cells = cells_in(attempts)
        verdict = self.client.post_values(
            self.data_set,
            [cell(attempt, key) for attempt, key in cells],
            attribute_option_combo=self.attribute_option_combo,
        )
        match verdict:
            case Accepted():
                self._accept(attempts)
            case Partly(rejected):
                self._accept(attempts)
                for position, conflict in rejected.items():
                    attempt, key = cells[position]
                    self._refuse(attempt, {key: conflict})
            case GroupRefused(conflict):
                self._part(attempts, conflict)
            case TryLater(everyone=False):
                self._take_out(attempts, verdict)
            case TryLater() | Unknown():
                self.trouble = verdict
                self._stop(attempts, verdict, values_in=False)

    def _without_unmapped(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """Return the rows without the unmapped cells, which are refused at once."""
        if not self.unmapped:
            return list(attempts)
        left = []
        for attempt in attempts:
            known = {key: self.unmapped[key] for key in attempt.cells if key in self.unmapped}
            if known:
                self._refuse(attempt, known)
            kept = {key: value for key, value in attempt.cells.items() if key not in known}
            if kept:
                left.append(replace(attempt, cells=kept))
        return left

    def _take_out(self, attempts: Sequence[Attempt], verdict: TryLater) -> None:
        """Let a row that upsets the server wait, without holding up others."""
        if len(attempts) == 1:
            self.upset += 1
            if self.upset > 1:
                self.trouble = replace(verdict, everyone=True)
            self._stop(attempts, verdict, values_in=False)
            return
        for half in halves(attempts):
            self._send(half)

    def _part(self, attempts: Sequence[Attempt], conflict: Conflict) -> None:
        """Look for the culprit among rows refused together, or refuse what stands alone."""
        self.upset = 0
        self.too_large = self.too_large or conflict.code == TOO_LARGE
        if concerns_data_set(conflict.code):
            self.trouble = TryLater(conflict.code, conflict.text, ours=True)
            self._hold(attempts, values_in=False)
            return
        keys = {key for attempt in attempts for key in attempt.cells}
        by_cell = concerns_cell(conflict.code) and conflict.code != TOO_LARGE
        if len(attempts) > 1 and not by_cell:
            parts = by_rows(attempts, conflict)
        elif len(keys) > 1 and concerns_cell(conflict.code):
            parts = by_columns(attempts, conflict)
        else:
            self._refuse_alone(attempts, conflict)
            return
        for part in parts:
            self._send(part)

    def _refuse_alone(self, attempts: Sequence[Attempt], conflict: Conflict) -> None:
        """Refuse one row, or one cell of several: there is nothing left to part."""
        if concerns_cell(conflict.code) and conflict.code != TOO_LARGE:
            self.unmapped |= dict.fromkeys(attempts[0].cells, conflict)
        for attempt in attempts:
            self._refuse(attempt, dict.fromkeys(attempt.cells, conflict))

    def _complete(self, attempts: Sequence[Attempt]) -> None:
        """Register completeness together; halve on a refusal, since it names no culprit."""
        if not self._may_call():
            self._hold(attempts)
            return
        verdict = self.client.register_completeness(
            [self._registration(attempt) for attempt in attempts]
        )
        match verdict:
            case Accepted() | Partly():
                for attempt in attempts:
                    self._change(attempt, completed=True)
            case GroupRefused(conflict) if concerns_data_set(conflict.code):
                self.trouble = TryLater(conflict.code, conflict.text, ours=True)
                self._hold(attempts)
            case GroupRefused(conflict) if len(attempts) == 1:
                self._change(attempts[0], not_complete=conflict)
            case GroupRefused():
                for half in halves(attempts):
                    self._complete(half)
            case TryLater() | Unknown():
                self.trouble = verdict
                self._stop(attempts, verdict)

    def _registration(self, attempt: Attempt) -> Registration:
        return Registration(
            data_set=self.data_set,
            org_unit=attempt.org_unit,
            period=attempt.period,
            attribute_option_combo=self.attribute_option_combo,
            date=attempt.completed_on,
            completed=bool(attempt.completed),
        )

    def _may_call(self) -> bool:
        if self.trouble is None and not self.before_call():
            self.trouble = TryLater("out_of_time", everyone=False)
        if self.trouble is not None:
            return False
        self.calls += 1
        return True

    def _accept(self, attempts: Sequence[Attempt]) -> None:
        """Note that these cells are in. Of a row parted by cells, others may still be outside."""
        self.upset = 0
        for attempt in attempts:
            self._change(attempt, values_in=self.results[attempt.row_id].trouble is None)

    def _refuse(self, attempt: Attempt, refused: Mapping[str, Conflict]) -> None:
        known = self.results[attempt.row_id].refused
        self._change(attempt, refused={**known, **refused})

    def _hold(self, attempts: Sequence[Attempt], **columns: bool) -> None:
        """Note that these were not sent: nothing of them can have arrived."""
        reason = self.trouble.reason if self.trouble else "held"
        waits = self.trouble if isinstance(self.trouble, TryLater) else TryLater(reason)
        self._stop(attempts, waits, **columns)

    def _stop(
        self, attempts: Sequence[Attempt], trouble: TryLater | Unknown, **columns: bool
    ) -> None:
        for attempt in attempts:
            self._change(attempt, trouble=trouble, **columns)

    def _change(self, attempt: Attempt, **columns: object) -> None:
        self.results[attempt.row_id] = replace(self.results[attempt.row_id], **columns)  # type: ignore[arg-type]
