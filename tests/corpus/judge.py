"""Judge what the gateway makes of a line: sent into the inbox, read, answered and stored.

Each line meets an empty site: a fresh SQLite database with the roster that the corpus assumes
(facility KANI with the sites KOLA, TENE and SIRAKORO; the agent is at KOLA, the DTC at KANI).
Nothing is patched and nothing of the reply is known but its text.
"""

import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from gateway.cli.report_listing import listing
from gateway.context import Context
from gateway.inbound import reader
from gateway.inbound.accept import accept
from gateway.model.csv_table import FilePlace
from gateway.model.roster import PersonRow, Roster, UnitRow
from gateway.storage import reports, roster, roster_import
from gateway.storage.engine import connect, reading
from gateway.storage.tables import metadata, outbox
from gateway.transports.africastalking_posts import InboundSms
from menus.gsm7 import is_gsm7, parts
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from tests.corpus.lines import Choice, Line, Sent

PHONES: Mapping[str, str] = {"asc": "+22370000001", "dtc": "+22370000101"}
_HERE = FilePlace("corpus")
_UNITS = (
    UnitRow(_HERE, "ML", "Mali", "country", None, None, None),
    UnitRow(_HERE, "DUGU", "Dugu", "district", "ML", None, None),
    UnitRow(_HERE, "KANI", "Kani", "facility", "DUGU", "KaniFacil01", None),
    *(
        UnitRow(_HERE, name.upper(), name, "site", "KANI", None, None)
        for name in ("Kola", "Tene", "Sirakoro")
    ),
)
_PEOPLE = (
    PersonRow(_HERE, PHONES["asc"], "Awa", "asc", "KOLA", "fr", active=True),
    PersonRow(_HERE, PHONES["dtc"], "Nana", "dtc", "KANI", "fr", active=True),
)
# Words of a question or a refusal in French, whatever its sentence.
_ASKING = re.compile(
    r"\?|\b(pas|manque\w*|envoyez|renvoyez|corrig\w+|verifi\w+|confirm\w+|repondez|incomplet\w*"
    r"|inconnu\w*|rien|aucun\w*|refus\w*|trop|quel\w*|coupe\w*|attend\w*|nom|noms)\b"
)


@dataclass(frozen=True)
class Stored:
    """What is stored after a line: values by month and code, days out by code."""

    values: Mapping[tuple[str, str], int]
    days_out: Mapping[str, int]


@dataclass(frozen=True)
class Verdict:
    """The judgement of a line. The lists hold what is wrong or missing, in words for a person."""

    line: Line
    reply: str
    wrong: tuple[str, ...]
    lost: tuple[str, ...]
    not_asked: tuple[str, ...]
    not_mentioned: tuple[str, ...]
    leaked: tuple[str, ...]

    @property
    def one_part(self) -> bool:
        return len(parts(self.reply)) == 1


class Court:
    """A database on which lines are judged, each on an empty site.

    `template` is a migrated SQLite file; its copy is made in `folder`.
    """

    def __init__(self, catalogue: Catalogue, template: Path, folder: Path) -> None:
        self._context = Context(catalogue, ZoneInfo("Africa/Bamako"))
        shutil.copyfile(template, folder / "court.db")
        self._engine = connect(f"sqlite:///{folder / 'court.db'}")
        with self._engine.begin() as connection:
            roster_import.apply(connection, Roster(_UNITS, _PEOPLE), "202001")
            self._empty = {
                table: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in metadata.sorted_tables
            }

    def close(self) -> None:
        self._engine.dispose()

    def judge(self, line: Line) -> Verdict:
        """Send a line and what came before it, and judge the outcome.

        Raises ValueError when a message has not exactly one reply in GSM-7.
        """
        self._forget()
        for number, sent in enumerate((*line.before, line.sent)):
            reply = self._told(f"{line.id}-{number}", sent)
        return _verdict(line, reply, _stored(self._engine, self._context, line.sent.received))

    def _forget(self) -> None:
        """Put every table back as it was before the first message."""
        with self._engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            for table, rows in self._empty.items():
                if rows:
                    connection.execute(table.insert(), rows)

    def _told(self, provider_id: str, sent: Sent) -> str:
        """Send a message and return the reply to it."""
        engine = self._engine
        before = _replies(engine)
        phone, moment = PHONES[sent.role], sent.received
        sms = InboundSms(provider_id, phone, "36000", sent.text, moment, "61002", "")
        accept(engine, b"corpus", sms, moment, date_believed_days=45)
        reader.read_inbox(engine, self._context, lambda: moment)
        new = _replies(engine)[len(before) :]
        if len(new) != 1 or not is_gsm7(new[0]):
            raise ValueError(f"{provider_id}: one reply in GSM-7 was due, there are {new}")
        return new[0]


def _replies(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        query = select(outbox.c.text).where(outbox.c.kind == "reply").order_by(outbox.c.id)
        return [str(row.text) for row in connection.execute(query)]


def _stored(engine: Engine, context: Context, now: datetime) -> Stored:
    """Return what `kibaru reports` shows of every month for which there is a report."""
    with reading(engine) as connection:
        sites = [unit.id for unit in roster.units(connection, "202601").values()]
        months = {period for _, _, period in reports.keys_of(connection, sites)}
    rows = [row for month in months for row in listing(engine, context, Period.parse(month), now)]
    return Stored(
        {(row["period"], code): value for row in rows for code, value in row["values"].items()},
        {code: days for row in rows for code, days in row["stockouts"].items()},
    )


def _verdict(line: Line, reply: str, stored: Stored) -> Verdict:
    plain = folded(reply)
    values = {code: value for (_, code), value in stored.values.items()}
    asks = bool(_ASKING.search(plain))
    not_asked = [words for words in line.must_ask if not (asks and says(plain, words))]
    missing = [words for words in line.should_mention if not _named(plain, words)]
    wanted = [(code, value, values.get(code)) for code, value in line.must_store.items()]
    wanted += [
        (f"{code} J", days, stored.days_out.get(code)) for code, days in line.must_stockouts.items()
    ]
    return Verdict(
        line=line,
        reply=reply,
        wrong=tuple(_wrong(line, plain, stored, asks=asks)),
        lost=tuple(f"{code} {value}: {found}" for code, value, found in wanted if found != value),
        not_asked=tuple(map("/".join, not_asked)),
        not_mentioned=tuple(map("/".join, missing)),
        leaked=tuple(word for word in line.must_not_mention if says(plain, (word,))),
    )


def _wrong(line: Line, plain: str, stored: Stored, *, asks: bool) -> Iterator[str]:
    """Yield what is stored and may not be, or was inferred and neither read back nor asked."""
    for (month, code), value in stored.values.items():
        if value not in line.allowed.get(code, ()):
            yield f"{code} {value} stored"
        elif line.period is not None and month != line.period:
            yield f"{code} {value} stored for {month}"
    values = {code: value for (_, code), value in stored.values.items()}
    for sides in line.not_together:
        if values.keys() >= set(sides):
            yield f"{' and '.join(sides)} stored without a question"
    for code, value in line.may_store.items():
        read_back = values.get(code) == value and says(plain, (str(value),))
        if not read_back and not (asks and code not in values):
            yield f"{code} {value} neither read back nor asked"


def says(plain: str, choice: Choice) -> bool:
    """Return whether a folded text holds any of the words, whole but for digits glued to it."""
    return any(re.search(f"{_before(word)}{_after(word)}", plain) for word in choice)


def _named(plain: str, choice: Choice) -> bool:
    """Return whether a reply mentions any of the words; a month may be longer than its name."""
    return says(plain, choice) or any(
        re.search(_before(word), plain) for word in choice if len(word) == 3 and word.islower()
    )


def _before(word: str) -> str:
    edge = r"\d" if word.isdecimal() else "[a-z]"
    return f"(?<!{edge}){re.escape(folded(word))}"


def _after(word: str) -> str:
    return r"(?!\d)" if word.isdecimal() else "(?![a-z])"


def folded(text: str) -> str:
    """Return a text in small letters without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
