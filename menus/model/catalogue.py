"""The catalogue: its forms, fields and products.

All classes are frozen values with look-ups only. `menus.loading` fills them from the TOML
files; reading, rules and wording take them as arguments.
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
    """A medicine as the stock rules need it; quantities in the smallest unit.

    A stock below `floor` is always too low. The need of a `malaria` product follows the rainy
    season. Products of one `group` are presentations of the same medicine. `patients` is the
    code of the field that counts the patients under treatment with it; each takes `ration` a
    month.
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
    """One number that a form asks for.

    `code` is letters only and unique over all forms. A value above `ask_above` waits for the
    agent's confirmation, one above `refuse_above` is refused; both limits are inclusive, so
    the limit itself is accepted. `labels` and `short` are by language; `short` goes into the
    read-back. `data_element` is a DHIS2 UID, None (derive it from the code) or "none" (not
    sent); `zero_is_significant` says whether DHIS2 keeps a zero of it. `aggregation` is
    DHIS2's aggregationType. A field with a `product` is a stock count and takes days out after
    its number (`ENF 0J12`). `hints` are by language, without digits, and answer AIDE; a language
    without a hint uses the label.
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
        """Return whether days out of stock may follow the number."""
        return self.product is not None


@dataclass(frozen=True, slots=True)
class Form:
    """A blank form.

    `data_set` is a DHIS2 UID or None (derive it from the keyword). `checks` are all checks that
    name a field of the form, including those that also name fields of other forms.
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
        """Return the codes of all fields, in the order of the form."""
        return tuple(field.code for field in self.fields)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the codes of the required fields, in the order of the form."""
        return tuple(field.code for field in self.fields if field.required)

    def field(self, code: str) -> Field:
        """Return the field with this code.

        Raises KeyError when the form has no such field.
        """
        for candidate in self.fields:
            if candidate.code == code:
                return candidate
        raise KeyError(code)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The content of all TOML files, with look-ups.

    Codes, aliases and keywords are upper case. `words` are the sentences by language, then by
    key. `form_of` gives the form of a code, `code_of` the code of a code or alias, `keyword_of`
    the keyword of a keyword or alias. Catalogues compare by identity, so that values derived
    from one can be cached with it as the key.
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
        """Return the field with this code, of any form.

        Raises KeyError for an unknown code.
        """
        return self.forms[self.form_of[code]].field(code)
