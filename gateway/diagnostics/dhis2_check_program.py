"""Check of the live DHIS2 for referrals: their program, and the right to write to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gateway.dhis2.metadata_referrals import PREFIX, PROGRAM
from gateway.diagnostics.dhis2_check_units import Receiver
from gateway.diagnostics.finding import Finding, listed
from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Dhis2
from menus.model.catalogue import Catalogue

WHAT: Final = f"dhis2 program {PREFIX}"
FIELDS: Final = "id,access[data[write]],organisationUnits[id]"


def program_findings(
    client: Dhis2, catalogue: Catalogue, receivers: Sequence[Receiver]
) -> Iterator[Finding]:
    """Check that DHIS2 would take events of referrals.

    A server without the program is no fault: reports need none, and referrals wait for it.
    """
    if not catalogue.referrals.reasons:
        return
    found = client.get(f"programs/{PROGRAM}", {"fields": FIELDS})
    if isinstance(found, TryLater | Unknown):
        words = f"{found.reason}: events of referrals wait; import `kibaru dhis2 metadata`"
        yield Finding(True, WHAT, words)
        return
    if not _may_write(found):
        yield Finding(False, WHAT, "the account has no data write access to it")
    known = {str(unit.get("id")) for unit in found.get("organisationUnits") or ()}
    missing = [receiver.code for receiver in receivers if receiver.uid not in known]
    if missing:
        # No fault: the units themselves are checked before, and agents who refer from these
        # units are told of the refusal.
        yield Finding(True, WHAT, f"events would be refused for {listed(missing)}: not assigned")
    elif _may_write(found):
        yield Finding(True, WHAT, "takes events of referrals")


def _may_write(program: Mapping[str, Any]) -> bool:
    access = program.get("access")
    data = access.get("data") if isinstance(access, dict) else None
    return bool(data.get("write")) if isinstance(data, dict) else False
