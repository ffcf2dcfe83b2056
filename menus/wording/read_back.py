"""Read back the numbers of a report: each once, beside its short label, in the form's order."""

from collections.abc import Collection, Mapping

from menus.model.catalogue import Catalogue, Field
from menus.wording.sentences import say


def read_back(
    catalogue: Catalogue,
    language: str,
    form: str,
    values: Mapping[str, int],
    days_out: Mapping[str, int],
    *,
    glued: bool,
    coded: bool = False,
    doubtful: Collection[str] = (),
) -> str:
    """Return the read-back of a report, empty when there are no numbers.

    It is `Vus 45, Fievre 38.`, or glued `Vus45 Fievre38.`. `coded` names each number by its code,
    which is shorter than most labels: `VUS45 FIE38.` Days out follow their stock: `CTA-enf 0
    (12j)`, glued `CTA-enf0j12`. The codes in `doubtful` get a question mark after their number.
    """
    texts = [
        _number(catalogue, language, field, values, days_out, glued=glued, coded=coded)
        + ("?" if field.code in doubtful else "")
        for field in catalogue.forms[form].fields
        if field.code in values or field.code in days_out
    ]
    return (" " if glued else ", ").join(texts) + "." if texts else ""


def _number(
    catalogue: Catalogue,
    language: str,
    field: Field,
    values: Mapping[str, int],
    days_out: Mapping[str, int],
    *,
    glued: bool,
    coded: bool,
) -> str:
    text = field.code if coded else field.short[language]
    if field.code in values:
        text += f"{'' if glued else ' '}{values[field.code]}"
    if field.code in days_out:
        return say(
            catalogue, language, "days_out", brief=glued, stock=text, days=days_out[field.code]
        )
    return text
