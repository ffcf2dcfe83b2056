"""What becomes of a dialogue when the network misbehaves: a few yes and no beside figure D.

The same caller walks twice, from nothing each time: once undisturbed, once with the trouble.
The screens that count must be the same to the letter. The peer is asked both as its README
shows it, with one menu for all requests, and with a menu for each.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from itertools import count
from typing import Final

from gateway.sandbox.operator_posts import encode, hop_form
from tests.bench.callers import Walk
from tests.bench.ground import Ground
from tests.bench.hopping import NUMBERS, REPORT, forget, kibaru, peer
from tests.bench.peer import NoPeer
from tests.bench.processes import answers, await_that
from tests.bench.programme import FIRST_PHONE

SECONDS: Final = 5.0  # without an answer it counts as lost
TOGETHER: Final = 6  # callers, who meet in one process or the other
_ids = count(1)


class _Caller:
    """A dialogue of one agent, its hops in any order and as often as is asked."""

    def __init__(self, walk: Walk, agent: int) -> None:
        self._walk, self._phone = walk, f"+223{FIRST_PHONE + agent}"
        self._id = f"ATUid_{next(_ids):032x}"

    def hop(self, text: str) -> str:
        """The answer, or in brackets why there is none."""
        form = hop_form(self._phone, "*384*1#", text, dialogue_id=self._id)
        line = HTTPConnection("127.0.0.1", self._walk.port, timeout=SECONDS)
        try:
            head = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", self._walk.path, encode(form), head)
            return line.getresponse().read().decode("utf-8", "replace")
        except (TimeoutError, ConnectionError):
            return "(no answer)"
        finally:
            line.close()

    def walk(self, keys: Sequence[str], ahead: int = 0) -> list[str]:
        """The screens of a whole walk; so many answers are dialled ahead."""
        return [self.hop("*".join(keys[:n])) for n in range(ahead, len(keys) + 1)]


@dataclass(frozen=True, slots=True)
class Subject:
    """A side, what its caller keys in up to the last reading back, and how it forgets."""

    name: str
    walk: Walk
    fresh: Callable[[], None]
    other: tuple[str, ...]  # the same for a second caller, with other numbers
    spilled: str  # an answer with a * too many for the first screen of numbers


Trouble = Callable[[Subject], bool]


def _twice(subject: Subject) -> bool:
    plain = _plain(subject, 0, subject.walk.answers)
    caller, keys = _Caller(subject.walk, 0), subject.walk.answers
    texts = ["*".join(keys[:n]) for n in range(len(keys) + 1)]
    return [(caller.hop(text), caller.hop(text)) for text in texts] == [(s, s) for s in plain]


def _late(subject: Subject) -> bool:
    keys = subject.walk.answers
    plain = _plain(subject, 0, keys)
    caller = _Caller(subject.walk, 0)
    caller.walk(keys[:3])
    caller.hop(keys[0])
    return caller.walk(keys, ahead=4) == plain[4:]


def _together(subject: Subject) -> bool:
    walks = [subject.other if agent % 2 else subject.walk.answers for agent in range(TOGETHER)]
    plain = [_plain(subject, agent, keys) for agent, keys in enumerate(walks)]
    callers = [_Caller(subject.walk, agent) for agent in range(TOGETHER)]
    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(_Caller.walk, callers, walks)) == plain


def _star(subject: Subject) -> bool:
    plain = _plain(subject, 0, subject.walk.answers)
    keys = (*subject.walk.answers[:2], subject.spilled, *subject.walk.answers[2:])
    return _Caller(subject.walk, 0).walk(keys)[-1] == plain[-1]


def _ahead(subject: Subject) -> bool:
    plain = _plain(subject, 0, subject.walk.answers)
    return _Caller(subject.walk, 0).walk(subject.walk.answers, ahead=2) == plain[2:]


ROWS: Final[dict[str, Trouble]] = {
    "every hop posted twice": _twice,
    "a hop of before arrives late": _late,
    "six callers at once": _together,
    "a * too many in an answer": _star,
    "dialled ahead (*384*1*1*1#)": _ahead,
}


def _plain(subject: Subject, agent: int, keys: Sequence[str]) -> list[str]:
    """The screens of an undisturbed walk, and then a clean slate again."""
    subject.fresh()
    screens = _Caller(subject.walk, agent).walk(keys)
    subject.fresh()
    return screens


def measure(ground: Ground) -> dict[str, dict[str, bool]]:
    """For each kind of trouble, which side comes through unharmed."""
    with ExitStack() as stack:
        subjects = list(_subjects(ground, stack))
        return {
            row: {subject.name: trouble(subject) for subject in subjects}
            for row, trouble in ROWS.items()
        }


def rows(found: dict[str, dict[str, bool]]) -> Iterator[str]:
    """The answers in words, for the table."""
    names = next(iter(found.values())).keys()
    yield f"{'unharmed by':<30}" + "".join(f"{name:>20}" for name in names)
    for row, sides in found.items():
        yield f"  {row:<28}" + "".join(f"{'yes' if sides[n] else 'NO':>20}" for n in names)


def _subjects(ground: Ground, stack: ExitStack) -> Iterator[Subject]:
    ours, engine = stack.enter_context(kibaru(ground))

    def fresh() -> None:
        forget(engine)
        ground.empty_redis()

    # The last answer brings a receipt, which is another one each time.
    report = replace(ours, answers=REPORT[:-1])
    other = ("1", "1", "46*39*38*29*28", "1", "3*3*8*8", "1", "12*9*4*0")
    yield Subject("Kibaru", report, fresh, other, spilled="1*2*3*4*5*6*7")
    try:
        for shared, name in ((True, "ussd-menu-builder"), (False, "one menu a request")):
            theirs = stack.enter_context(peer(ground, shared=shared))
            walk = replace(theirs, answers=("1", "1", *NUMBERS))
            numbers = ("1", "1", *(str(int(number) + 1) for number in NUMBERS))
            yield Subject(name, walk, _fresh_peer(ground, theirs.port), numbers, spilled="12*8")
    except NoPeer:
        return


def _fresh_peer(ground: Ground, port: int) -> Callable[[], None]:
    def fresh() -> None:
        # A process that fell over its callers is replaced within a moment.
        await_that("the peer", lambda: answers(f"http://127.0.0.1:{port}/"))
        ground.empty_redis()

    return fresh
