"""The server's own verdict on a form: whether last month is open, and its values accepted."""

from collections.abc import Sequence
from typing import Final

from gateway.dhis2.cells import cells_of
from gateway.dhis2.metadata import attribute_option_combo, data_set_uid
from gateway.diagnostics.dhis2_check_units import Receiver
from gateway.diagnostics.finding import Finding, listed
from gateway.diagnostics.refusal_advice import hint
from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Cell, Dhis2
from gateway.transports.dhis2_codes import CLOCKS_DIFFER, MEANINGS, Category, category_of
from gateway.transports.dhis2_verdict import Accepted, Conflict, Partly
from menus.model.catalogue import Form
from menus.model.period import Period
from menus.rules.calendar import ends

SAMPLE: Final = 3  # units whose lock state is asked for
SYNTHETIC: Final = "1"  # never stored


def lock_state(
    client: Dhis2, form: Form, receivers: Sequence[Receiver], month: Period, *, may_be_closed: bool
) -> Finding:
    """Check that the month is open for the form at a few units (servers from 2.39 on can tell).

    A closed month is a fault unless the programme has closed it too.
    """
    what = f"dhis2 {form.keyword} {month.code}"
    closed = []
    for receiver in receivers[:SAMPLE]:
        params = {"ds": data_set_uid(form), "pe": month.code, "ou": receiver.uid}
        found = client.get("dataEntry/dataValues", params)
        if isinstance(found, TryLater | Unknown):
            return Finding(True, what, f"whether it is open cannot be told ({found.reason})")
        state = str(found.get("lockStatus", "OPEN"))
        if state != "OPEN":
            closed.append(f"{receiver.code} ({state.lower()})")
    if closed:
        words = f"closed at {listed(closed)}; the district can open it again in DHIS2"
        return Finding(may_be_closed, what, words)
    return Finding(True, what, "open")


def dry_run(
    client: Dhis2, form: Form, receiver: Receiver, month: Period, *, may_be_closed: bool
) -> Finding:
    """Send one synthetic value for each cell of the form as a dry run, without completeness.

    A closed month is a fault unless the programme has closed it too.
    """
    what = f"dhis2 {form.keyword} dry run"
    mapped = cells_of(form)
    cells = [Cell(cell.element, cell.combo, receiver.uid, month.code, SYNTHETIC) for cell in mapped]
    verdict = client.post_values(
        data_set_uid(form),
        cells,
        attribute_option_combo=attribute_option_combo(form),
        dry_run=True,
    )
    if isinstance(verdict, Accepted):
        return Finding(True, what, f"the server would take all {len(cells)} values")
    if isinstance(verdict, TryLater | Unknown):
        return Finding(False, what, f"{verdict.reason} {verdict.detail}".strip())
    if isinstance(verdict, Partly):
        codes = [mapped[position].code for position in sorted(verdict.rejected)]
        conflict = verdict.rejected[min(verdict.rejected)]
    else:
        positions = sorted(verdict.indexes or ())
        codes = [mapped[position].code for position in positions]
        conflict = verdict.conflict
    closed = category_of(conflict.code, month, ends(month) + CLOCKS_DIFFER) is Category.LOCKED
    return Finding(closed and may_be_closed, what, _refusal(conflict, codes, receiver))


def _refusal(conflict: Conflict, codes: Sequence[str], receiver: Receiver) -> str:
    meaning = MEANINGS.get(conflict.code)
    why = meaning.text if meaning else conflict.text or "refused without a reason"
    cells = f" {listed(codes)}" if codes else ""
    return f"refused{cells} at {receiver.code}: {conflict.code} {why}; {hint(conflict.code)}"
