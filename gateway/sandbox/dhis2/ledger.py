"""The record of requests and writes that the tests read: by whom, which cell, when, over what."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import NamedTuple

from gateway.sandbox.dhis2.model import Json, Key, Place, Slot


@dataclass(slots=True)
class Request:
    """One call of the API. Times are seconds of the ledger's own timer.

    `ended` is when its last write was applied and its answer made, None while it runs;
    `fault` names the fault that applied to it, or the standing ones, joined by `+`; `keys` are the
    (data set, org unit, period) it wrote.
    """

    number: int
    who: str
    method: str
    path: str
    started: float
    fault: str = ""
    ended: float | None = None
    status: int = 0
    keys: tuple[Key, ...] = ()


class Write(NamedTuple):
    """One accepted row. `old` and `new` are None for no value, or a deleted one."""

    request: Request
    data_set: str
    place: Place
    slot: Slot
    old: str | None
    new: str | None


class EventWrite(NamedTuple):
    """One accepted event, before and after, as the API answers it; None for no event."""

    request: Request
    event: str
    org_unit: str
    old: Json | None
    new: Json | None


class Overlap(NamedTuple):
    """Two requests that worked on one (data set, org unit, period) at the same time.

    For events the key is (program, org unit, event).
    """

    key: Key
    first: int
    second: int


@dataclass(slots=True)
class Ledger:
    """Every request, every write, every overlap, in the order in which they came."""

    requests: list[Request] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    events: list[EventWrite] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _running: dict[Key, list[int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def start(self, who: str, method: str, path: str, now: float, fault: str = "") -> Request:
        """Begin the record of a call."""
        with self._lock:
            request = Request(next(self._numbers), who, method, path, now, fault)
            self.requests.append(request)
            return request

    @contextmanager
    def writing(self, request: Request, keys: Iterable[Key]) -> Iterator[None]:
        """Let the request work on these keys in the block; another one on them overlaps."""
        request.keys = tuple(dict.fromkeys(keys))
        with self._lock:
            for key in request.keys:
                running = self._running.setdefault(key, [])
                self.overlaps.extend(Overlap(key, other, request.number) for other in running)
                running.append(request.number)
        try:
            yield
        finally:
            with self._lock:
                for key in request.keys:
                    self._running[key].remove(request.number)
                    if not self._running[key]:
                        del self._running[key]

    def history(self, element: str, period: str, unit: str) -> list[str | None]:
        """Return what was written into the cells of a data element at a place, in order."""
        return [
            write.new
            for write in self.writes
            if write.slot[0] == element and write.place == (unit, period)
        ]

    def clear(self) -> None:
        """Forget the past; running requests go on."""
        with self._lock:
            self.requests.clear()
            self.writes.clear()
            self.events.clear()
            self.overlaps.clear()

    def as_json(self, limit: int) -> Json:
        """Return the newest `limit` requests and writes and every overlap, with totals."""
        return {
            "totals": {"requests": len(self.requests), "writes": len(self.writes)},
            "requests": [_request(request) for request in self.requests[-limit:]],
            "writes": [_write(write) for write in self.writes[-limit:]],
            "events": [
                {
                    "request": write.request.number,
                    "event": write.event,
                    "old": write.old,
                    "new": write.new,
                }
                for write in self.events[-limit:]
            ],
            "overlaps": [
                {"key": list(overlap.key), "requests": [overlap.first, overlap.second]}
                for overlap in self.overlaps
            ],
        }


def _request(request: Request) -> Json:
    return {
        "id": request.number,
        "who": request.who,
        "method": request.method,
        "path": request.path,
        "fault": request.fault,
        "started": request.started,
        "ended": request.ended,
        "status": request.status,
        "keys": [list(key) for key in request.keys],
    }


def _write(write: Write) -> Json:
    unit, period = write.place
    element, combo, attribute = write.slot
    return {
        "request": write.request.number,
        "who": write.request.who,
        "started": write.request.started,
        "ended": write.request.ended,
        "dataSet": write.data_set,
        "orgUnit": unit,
        "period": period,
        "dataElement": element,
        "categoryOptionCombo": combo,
        "attributeOptionCombo": attribute,
        "old": write.old,
        "new": write.new,
    }
