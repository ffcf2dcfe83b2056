"""The story of December 2026 at the health centre of Kani, step by step.

The 1st of January is a public holiday, Issa and Moussa are late, and Moussa wants no reminders.
`python -m tests.journeys.story > docs/transcript.md` writes the transcript anew.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gateway.storage.engine import connect
from gateway.storage.schema import upgrade
from tests.journeys.story_cast import (
    AWA,
    CHEICK,
    DJENEBA,
    FANTA,
    ISSA,
    KADIA,
    MARIAM,
    MOUSSA,
    NANA,
    SEKOU,
    Person,
)
from tests.journeys.story_stage import (
    Chapter,
    End,
    Off,
    OptOut,
    Says,
    Step,
    clock_here,
    stage,
)

_PEC = "PEC 12 VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 1 ART 1 IRA 9 AMX 9 DIA 11 SRZ 10"
_STK = "KIT 60 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 450 PAR 200 PLQ 20 SAY 15 CAP 100"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of December, or of January: days up to the 24th are January's."""
    return datetime(2026 + (day < 25), 12 if day >= 25 else 1, day, hour, minute, tzinfo=UTC)


DECEMBER: Final = "202612"
_CLOSED: Final = at(28, 8, 20) + timedelta(days=31)


def _nut(seen: int) -> str:
    return f"NUT 12 DEP {seen} MAM 4 MAS 2 URE 1 GUE 2 ABD 0 SOD 0 RST 3"


def _smi(visits: int) -> str:
    return f"SMI 12 VAD {visits} CPN 14 VNN 5 NND 0 PIL 6 INJ 8 CDM 40 EDU 4"


def _all_four(who: Person, day: int, hour: int, more: int, *, out: bool = False) -> Iterator[Says]:
    """Yield an agent's four reports within a quarter of an hour.

    `more` makes the numbers this agent's own, `out` is a medicine that was out of stock.
    """
    texts = (
        f"{_PEC.replace('VUS 45', f'VUS {45 + more}')} RFS 1 DCD 0",
        _nut(150 + more),
        _smi(60 + more),
        f"STK 12 BEB 24 ENF {0 if out else 20 + more} {_STK}",
    )
    for number, text in enumerate(texts):
        yield Says(at(day, hour, 5 * number), who, text)


STORY: Final[tuple[Step, ...]] = (
    Chapter(
        at(28, 7),
        "A child is referred, a medicine runs out",
        "Awa counts her stock and refers a girl, who never arrives. Fanta has no CTA for bigger "
        "children left. From the 25th on the month may be reported.",
    ),
    Says(at(28, 7, 30), AWA, f"STK 12 BEB 24 ENF 20 {_STK}"),
    Says(at(28, 8, 20), AWA, "REF 14 F PG ART"),
    Says(at(29, 9, 5), AWA, "PARTI {Kola}"),
    Says(at(29, 11, 5), FANTA, "RUPT ENF"),
    Says(at(29, 15), NANA, "RUPT"),
    Says(at(30, 9, 30), CHEICK, "SUIVI"),
    Says(at(30, 10, 15), NANA, "CRF {Kola} N"),
    Chapter(
        at(30, 16),
        "The month's reports",
        "The first of January is a holiday, so the first reminder goes out the day before. Moussa "
        "wants no SMS that he did not ask for.",
    ),
    Says(at(30, 16, 10), AWA, f"{_PEC} RFS 0 DCD 0"),
    Says(at(30, 16, 14), AWA, "COR RFS 1"),
    Says(at(30, 16, 20), AWA, _nut(150)),
    Says(at(30, 16, 25), AWA, _smi(60)),
    *_all_four(MARIAM, 30, 17, 3),
    OptOut(at(30, 18), MOUSSA),
    *_all_four(DJENEBA, 31, 9, 5),
    Says(at(31, 10), ISSA, "ETAT"),
    *_all_four(KADIA, 1, 10, 7),
    Says(at(1, 11), SEKOU, _nut(161)),
    Says(at(1, 11, 5), SEKOU, _smi(71)),
    Says(at(2, 8, 40), KADIA, "REF 9 M DG SEL"),
    Chapter(
        at(2, 12),
        "Two days without Kibaru",
        "What is sent meanwhile waits at the operator, and counts with its own date. The agents' "
        "reminder of the 3rd is too old afterwards and is left out; the reminder to the head of "
        "the centre is not; the referral that nobody has answered goes to the district.",
    ),
    Off(at(2, 12), at(4, 12)),
    Says(at(2, 15, 40), FANTA, "RCU ENF 30"),
    Says(at(3, 9), SEKOU, f"{_PEC.replace('VUS 45', 'VUS 56')} RFS 1 DCD 0"),
    Says(at(3, 9, 10), SEKOU, f"STK 12 BEB 24 ENF 31 {_STK}"),
    *_all_four(FANTA, 3, 17, 9, out=True),
    Chapter(
        at(4, 14),
        "Who is late",
        "The head of the centre reminds those who owe a report; the district asks.",
    ),
    Says(at(4, 14, 10), NANA, "CRF {Niena} G J3"),
    Says(at(4, 14, 20), NANA, "RELANCE"),
    Says(at(4, 16), NANA, "RELANCE"),
    Says(at(5, 8, 30), ISSA, f"{_PEC.replace('POS 28', 'POS 48')} RFS 1 DCD 0"),
    Says(at(5, 8, 40), ISSA, "COR POS 28"),
    Says(at(6, 9), CHEICK, "ETAT"),
    Says(at(6, 9, 5), CHEICK, "MANQ"),
    Says(at(6, 11), ISSA, _nut(145)),
    Says(at(6, 11, 5), ISSA, _smi(55)),
    Says(at(6, 11, 10), ISSA, f"STK 12 BEB 24 ENF 15 {_STK}"),
    Says(at(7, 10), KADIA, "FAIT {Niena}"),
    Chapter(
        at(8, 9),
        "Validated, and corrected all the same",
        "What is validated is changed by the head of the centre only.",
    ),
    Says(at(8, 9, 30), NANA, "VAL TOUT 12"),
    *_all_four(MOUSSA, 9, 8, 11),
    Says(at(9, 9, 30), NANA, "VAL BOUGOU 12"),
    Says(at(11, 8, 15), AWA, "COR 12 VUS 52"),
    Says(at(11, 10), NANA, "POUR KOLA PEC 12 VUS 52"),
    Says(at(11, 10, 10), NANA, "ETAT KOLA 12"),
    Says(at(12, 9), CHEICK, "ETAT 12"),
    Says(at(12, 9, 5), CHEICK, "MANQ 12"),
    Chapter(
        at(13, 9),
        "What nobody has answered",
        "After thirty days the referral that never arrived is closed, and nobody is disturbed.",
    ),
    Says(at(13, 9), CHEICK, "SUIVI"),
    End(_CLOSED),
    Says(_CLOSED, CHEICK, "SUIVI"),
)

# The first day, which is enough for a clock that is started for each look: from the first report
# to the reminder about the referral.
SHORT: Final[tuple[Step, ...]] = (*STORY[:3], End(at(29, 8, 30)))


def main() -> None:
    """Write the transcript to stdout."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'story.db'}"
        engine = connect(url)
        upgrade(engine)
        engine.dispose()
        with stage(url) as told:
            told.tell(STORY, clock_here(told))
            sys.stdout.write(told.transcript())


if __name__ == "__main__":
    main()
