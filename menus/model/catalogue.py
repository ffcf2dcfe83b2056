"""The vocabulary of the house: what a form is, what was said, and what is wrong with it.

Everything here is a frozen value without behaviour beyond small look-ups. The loader fills
it from the TOML catalogue; the grammar, the rules and the wording pass it around.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.command import Command
from menus.model.cross_check import Check
from menus.model.programme import EMPTY, Programme
from menus.model.referrals import Referrals
from menus.model.ussd import NO_DIALOGUES, Ussd

LANGUAGES: Final = ("fr", "bm")


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
