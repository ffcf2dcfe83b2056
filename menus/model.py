"""The vocabulary of the house: what a form is, what was said, and what is wrong with it.

Everything here is a frozen value without behaviour beyond small look-ups. The loader fills
it from the TOML catalogue; the grammar, the rules and the wording pass it around.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from menus.programme import EMPTY, Programme
from menus.referrals import Referrals
from menus.ussd import NO_DIALOGUES, Ussd

LANGUAGES: Final = ("fr", "bm")


class Level(StrEnum):
    """How hard a Problem is: a refusal, or something the agent may confirm."""

    REFUSE = "refuse"
    CONFIRM = "confirm"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Product:
    """What the stock rules need to know of a medicine; quantities in the smallest unit.

    Fewer than `floor` are always too few. The need of a `malaria` product follows the rains.
    Products of one `group` are presentations of the same medicine. `patients` is the code of
    those under treatment with it, each of whom takes `ration` a month.
    """

    unit: str
    pack_size: int
    start_monthly_use: int
    floor: int = 0
    malaria: bool = False
    group: str = ""
    patients: str = ""
    ration: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a form.

    `code` is letters only and unique over all forms. A value above `ask_above` waits for the
    agent's confirmation, one above `refuse_above` is refused; both limits are inclusive, so
    the limit itself is accepted. `labels` and `short` are by language; `short` goes into the
    read-back. `data_element` is a DHIS2 UID, None (derive it from the code) or "none" (not
    sent); `zero_is_significant` tells whether it keeps a zero. `aggregation` is DHIS2's
    aggregationType. A field with a `product` is a stock
    count and takes days out after its number (`ENF 0J12`). `hints` say by language, without
    digits, what AIDE answers; a language that lacks one has its label instead.
    """

    code: str
    labels: Mapping[str, str]
    short: Mapping[str, str]
    ask_above: int
    refuse_above: int
    aliases: tuple[str, ...] = ()
    required: bool = True
    aggregation: str = "SUM"
    data_element: str | None = None
    category_option_combo: str | None = None
    days_out_data_element: str | None = None
    zero_is_significant: bool = True
    product: Product | None = None
    uncertain: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=lambda: EMPTY)

    @property
    def takes_days_out(self) -> bool:
        return self.product is not None


class When(StrEnum):
    """Which number of a code a term means. TOML writes it behind an at sign: `RST@last_month`."""

    NOW = "now"
    """This month's, of whichever form of the site; the one meant when nothing is written."""
    LAST_MONTH = "last_month"
    """The month before this one."""
    USUAL = "usual"
    """The median of the months known before this one."""
    OPENING = "opening"
    """The newest stock on hand that was counted before this month."""
    RECEIVED = "received"
    """What came in since the opening stock; none when nothing is known of it."""
    LATEST = "latest"
    """This month's stock on hand, else the opening stock."""
    COUNTED = "counted"
    """How many the gateway itself has counted this month, one message at a time: referrals."""


@dataclass(frozen=True, slots=True)
class Term:
    """A signed multiple of a number of a field, or a constant when `code` is empty.

    `name` is what the number is called in a Problem and in a sentence: `RST`,
    `RST_last_month`.
    """

    code: str = ""
    factor: int = 1
    when: When = When.NOW
    name: str = field(init=False)

    def __post_init__(self) -> None:
        name = self.code if self.when is When.NOW else f"{self.code}_{self.when}"
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far two sides may lie apart: by `units`, or by `percent` of the right one if more."""

    percent: int
    units: int


@dataclass(frozen=True, slots=True)
class Check:
    """A cross-check: the sum of `left` compared by `op` with the sum of `right`.

    `differ` compares term by term instead, and holds when any pair is unequal. `allow` lets a
    comparison hold that is missed by no more than that. A check speaks once every number it
    names is known, and `given`, when present, holds as well. `rule` is the number of the rule
    in the programme's list; `words` the key of its sentence.

    Worked out once, because every message is held against every check: `codes` are the fields
    of this month that are named, in order of appearance; `terms` all that name a field, those
    of `given` included; `elsewhere` those of them that look beyond this month.
    """

    rule: int
    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]
    level: Level
    words: str
    given: "Check | None" = None
    allow: Allowance | None = None
    codes: tuple[str, ...] = field(init=False)
    terms: tuple[Term, ...] = field(init=False)
    elsewhere: tuple[Term, ...] = field(init=False)

    def __post_init__(self) -> None:
        inner = self.given.terms if self.given else ()
        terms = tuple(term for term in self.left + self.right if term.code) + inner
        codes = (term.code for term in terms if term.when in {When.NOW, When.LATEST})
        elsewhere = tuple(term for term in terms if term.when is not When.NOW)
        object.__setattr__(self, "codes", tuple(dict.fromkeys(codes)))
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "elsewhere", elsewhere)

    @property
    def names(self) -> frozenset[str]:
        """What its Problem's `values` hold: the names of all its terms."""
        return frozenset(term.name for term in self.terms)


@dataclass(frozen=True, slots=True)
class Form:
    """A blank form. `data_set` is a DHIS2 UID or None (derive it from the keyword).

    `checks` are all that name one of its fields, those that look into other forms included.
    """

    keyword: str
    labels: Mapping[str, str]
    fields: tuple[Field, ...]
    checks: tuple[Check, ...] = ()
    aliases: tuple[str, ...] = ()
    data_set: str | None = None
    attribute_option_combo: str | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.fields)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.fields if one.required)

    def field(self, code: str) -> Field:
        """The field with this code. Raises KeyError when the form has none."""
        for one in self.fields:
            if one.code == code:
                return one
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Command:
    """A keyword that is no form: who may use it, and where its help stands."""

    keyword: str
    roles: tuple[str, ...]
    help: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything the TOML files say. Codes, aliases and keywords are upper case.

    A catalogue equals only itself, so that what is worked out from it can be kept by it.
    """

    programme: Programme
    forms: Mapping[str, Form]
    commands: Mapping[str, Command]
    words: Mapping[str, Mapping[str, str]]
    form_of: Mapping[str, str]
    code_of: Mapping[str, str]
    keyword_of: Mapping[str, str]
    referrals: Referrals = field(default_factory=Referrals)
    ussd: Ussd = NO_DIALOGUES

    def field(self, code: str) -> Field:
        """The field with this code, in whichever form. Raises KeyError for an unknown code."""
        return self.forms[self.form_of[code]].field(code)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the agent can mend.

    `key` names its sentence in the words files, `codes` the fields concerned (most important
    first), `values` the numbers and words that fill the sentence's placeholders. It never
    carries free text that somebody typed, unless the text is a would-be code of at most
    eight letters.
    """

    key: str
    level: Level
    codes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    @property
    def code(self) -> str:
        """DHIS2's monthly period, YYYYMM."""
        return f"{self.year:04d}{self.month:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> "Period":
        years, month = divmod(self.month - 1 + months, 12)
        return Period(self.year + years, month + 1)

    @classmethod
    def parse(cls, code: str) -> "Period":
        """From YYYYMM. Raises ValueError for anything else."""
        digits = len(code) == 6 and code.isascii() and code.isdigit()
        if not digits or not 1 <= int(code[4:]) <= 12:
            raise ValueError(f"not a month: {code!r}, expected YYYYMM, for example 202610")
        return cls(int(code[:4]), int(code[4:]))


@dataclass(frozen=True, slots=True)
class MonthSaid:
    """A month as typed: `month` 1-12, `year` when it was typed too, `sure` when beyond doubt.

    `back` counts months before the one of sending (`M-1`, `mois passe`); `month` is 0 then.
    """

    month: int
    year: int | None = None
    sure: bool = True
    back: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What one message says for one form: numbers by code, days out by code."""

    form: str
    values: Mapping[str, int]
    days_out: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One SMS, understood as far as it goes.

    `filled` holds only what is certain, or was repaired beyond doubt; everything else stands
    in `problems`, so nothing that was typed is skipped in silence. `personal` tells that names
    or phone numbers were typed and dropped; `cut` that the message seems cut at the length of
    one SMS.

    `command` is the keyword of a command that is no form. Its `arguments` are the words beside
    it, upper case, less greetings and what was read as the month; for POUR they are the words
    of the site. What COR, POUR and RCU say of codes and numbers stands in `filled`, `month` and
    `problems`, as for a report. `inner` is the command that POUR was followed by: COR, RAS or
    ANNULE. A command with `problems` must not be obeyed before they are mended, except for
    what is `filled`.
    """

    filled: tuple[Filled, ...] = ()
    month: MonthSaid | None = None
    command: str = ""
    arguments: tuple[str, ...] = ()
    forms_named: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    personal: bool = False
    cut: bool = False
    inner: str = ""

    @property
    def correction(self) -> bool:
        """Whether the numbers are meant to change what was reported (COR, POUR ... COR)."""
        return "COR" in (self.command, self.inner)
