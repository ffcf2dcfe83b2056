"""Check of the live DHIS2, in the order in which a report would meet each part.

1 the server, 2 the account, 3 each form's data set, 4 the org units, 5 the category options,
6 whether last month is open, 7 a strict dry run: the server's own verdict; last the program of
referrals. A step depends on the steps before it. Nothing is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.dhis2.cells import cells_of
from gateway.dhis2.metadata import data_set_uid
from gateway.diagnostics.dhis2_check_program import program_findings
from gateway.diagnostics.dhis2_check_set import data_set_findings
from gateway.diagnostics.dhis2_check_units import WHAT, Receiver, unit_findings
from gateway.diagnostics.dhis2_dry_run import dry_run, lock_state
from gateway.diagnostics.finding import Finding, listed
from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Dhis2
from gateway.transports.dhis2_data_set import DataSet, read_data_set, unwritable_options
from gateway.transports.dhis2_server import Account, server_info
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.rules.calendar import period_of

SKEW: Final = timedelta(minutes=10)  # a larger difference of the two clocks is a fault
MINUTE: Final = timedelta(minutes=1)  # a smaller one is not reported
HALF_YEAR: Final = timedelta(days=182)  # some zones agree in winter alone
SOON: Final = timedelta(days=14)  # a token that expires sooner is reported
CHUNK: Final = 100  # units in one request: a URL of some 1,500 characters

_ADVICE: Final[Mapping[str, str]] = {
    "http_400": "the token is none: copy it again into DHIS2_TOKEN",
    "http_401": "the token or password is wrong, or has expired",
    "http_403": "the account may not do this",
    "redirect": "put the address that it points to into DHIS2_URL",
    "redirect_login": "it shows its login page: the account is not let in",
    "html": "it answers with a web page: look at DHIS2_URL and at the proxy before it",
    "connect": "nobody answers at DHIS2_URL",
    "tls": "its certificate is not trusted here",
    "timeout": "it did not answer within DHIS2_TIMEOUT",
}


@dataclass(slots=True)
class _Found:
    """The findings so far: the account, the data sets that fit, the units that are ready."""

    account: Account
    data_sets: dict[str, DataSet] = field(default_factory=dict)
    ready: list[Receiver] = field(default_factory=list)


def examine(
    client: Dhis2,
    catalogue: Catalogue | None,
    receivers: Sequence[Receiver],
    now: datetime,
    timezone: ZoneInfo,
) -> Iterator[Finding]:
    """Check all that can be found out of the server; yield each finding as soon as it is known.

    `receivers` are the units that values go to; `timezone` is the programme's.
    """
    today = now.astimezone(timezone).date()
    info = client.get("system/info", {"fields": "version,serverDate,serverTimeZoneId,calendar"})
    if isinstance(info, TryLater | Unknown):
        yield Finding(False, "dhis2", describe_no_answer(info))
        return
    yield from _server(info)
    yield from _clock(info, now)
    yield from _zone(info, now, timezone)
    account = client.me()
    if isinstance(account, TryLater | Unknown):
        yield Finding(False, "dhis2 account", describe_no_answer(account))
        return
    yield from account_findings(account, now)
    if catalogue is None:
        return
    so_far = _Found(account)
    yield from _data_sets(client, catalogue, so_far)
    month = period_of(today).plus(-1)
    yield from _units(client, catalogue, receivers, so_far, month)
    yield from _options(client, catalogue, so_far)
    closed = today.day > catalogue.programme.closes_on
    for keyword in so_far.data_sets:
        form = catalogue.forms[keyword]
        if so_far.ready:
            yield lock_state(client, form, so_far.ready, month, may_be_closed=closed)
            yield dry_run(client, form, so_far.ready[0], month, may_be_closed=closed)
    yield from program_findings(client, catalogue, receivers)


def describe_no_answer(trouble: TryLater | Unknown) -> str:
    """Describe why there was no answer, and what to do about it."""
    words = f"{trouble.reason} {trouble.detail}".strip()
    advice = _ADVICE.get(trouble.reason)
    return words if advice is None else f"{words}: {advice}"


def clock_skew(info: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Return how far the server's clock is ahead of ours; None if the server does not tell."""
    try:
        there = datetime.fromisoformat(str(info.get("serverDate", "")))
        if there.tzinfo is None:
            there = there.replace(tzinfo=ZoneInfo(str(info.get("serverTimeZoneId") or "UTC")))
    except (ValueError, ZoneInfoNotFoundError):
        return None
    return there.astimezone(UTC) - now


def zone_ahead(info: Mapping[str, Any], now: datetime, timezone: ZoneInfo) -> timedelta:
    """Return how far the server's time zone is ahead of ours, now or else half a year later.

    Zero if the server does not tell its zone.
    """
    try:
        there = ZoneInfo(str(info.get("serverTimeZoneId") or ""))
    except (ValueError, ZoneInfoNotFoundError):
        return timedelta()
    return _offset(there, now, timezone) or _offset(there, now + HALF_YEAR, timezone)


def _offset(there: ZoneInfo, moment: datetime, timezone: ZoneInfo) -> timedelta:
    local, ours = (moment.astimezone(zone).utcoffset() for zone in (there, timezone))
    return (local or timedelta()) - (ours or timedelta())


def _server(info: Mapping[str, Any]) -> Iterator[Finding]:
    server = server_info(info)
    if isinstance(server, Unknown):
        yield Finding(False, "dhis2", describe_no_answer(server))
        return
    words = f"version {server.version}, {server.family} importer"
    if not server.supported:
        words += f", calendar {server.calendar}: 2.38 or later with the ISO calendar is needed"
    yield Finding(server.supported, "dhis2", words)


def _clock(info: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    skew = clock_skew(info, now)
    if skew is None or abs(skew) <= MINUTE:
        return
    minutes = f"{abs(skew) / MINUTE:.0f}"
    words = f"{minutes} minute{'' if minutes == '1' else 's'} {_side(skew)} of ours"
    words += "; by it months open and close: set it right"
    if abs(skew) > SKEW:
        yield Finding(False, "dhis2 clock", words)
    else:
        yield Finding(True, "dhis2 clock", f"warning: {words}")


def _zone(info: Mapping[str, Any], now: datetime, timezone: ZoneInfo) -> Iterator[Finding]:
    ahead = zone_ahead(info, now, timezone)
    if ahead:
        hours = f"{abs(ahead) / timedelta(hours=1):g}"
        words = f"warning: {info['serverTimeZoneId']} is {hours} hour{'' if hours == '1' else 's'}"
        words += f" {_side(ahead)} of ours ({timezone.key}); by it months open and close"
        yield Finding(True, "dhis2 time zone", words)


def _side(difference: timedelta) -> str:
    return "ahead" if difference > timedelta() else "behind"


def account_findings(account: Account, now: datetime) -> Iterator[Finding]:
    """Check what the account may do, and whether its token is about to expire."""
    what = "dhis2 account"
    if not account.may_add_values:
        yield Finding(False, what, "lacks the authority F_DATAVALUE_ADD: add it to its role")
    elif "ALL" in account.authorities:
        yield Finding(True, what, "may do everything; F_DATAVALUE_ADD alone would be enough")
    else:
        yield Finding(True, what, "may add data values")
    left = account.token_until - now if account.token_until else None
    # A token that has expired already is not the one that the server accepted.
    if left is not None and timedelta() < left < SOON:
        words = f"its last personal access token expires in {left.days} days: make another"
        yield Finding(False, "dhis2 token", words)


def _data_sets(client: Dhis2, catalogue: Catalogue, so_far: _Found) -> Iterator[Finding]:
    for form in catalogue.forms.values():
        uid = data_set_uid(form)
        if not cells_of(form):
            yield Finding(True, f"dhis2 {form.keyword}", "nothing of it is sent")
            continue
        found = read_data_set(client, uid)
        if isinstance(found, TryLater | Unknown):
            words = f"data set {uid}: {describe_no_answer(found)}"
            if found.reason == "http_404":
                words += " (import what `kibaru dhis2 metadata` prints, or correct data_set)"
            yield Finding(False, f"dhis2 {form.keyword}", words)
            continue
        findings = data_set_findings(form, found, catalogue.programme)
        yield from findings
        if all(finding.ok for finding in findings):
            so_far.data_sets[form.keyword] = found


def _units(
    client: Dhis2,
    catalogue: Catalogue,
    receivers: Sequence[Receiver],
    so_far: _Found,
    month: Period,
) -> Iterator[Finding]:
    if not receivers:
        yield Finding(True, WHAT, "no unit of the roster receives values yet")
        return
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(receivers), CHUNK):
        answer = _some_units(client, receivers[start : start + CHUNK])
        if isinstance(answer, TryLater | Unknown):
            yield Finding(False, WHAT, describe_no_answer(answer))
            return
        found |= answer
    data_sets = {keyword: data_set.id for keyword, data_set in so_far.data_sets.items()}
    span = (month.first_day, month.plus(1).first_day - timedelta(days=1))
    findings = unit_findings(receivers, found, data_sets, so_far.account.paths, span)
    yield from findings
    if so_far.account.may_add_values and all(finding.ok for finding in findings):
        so_far.ready = list(receivers)


def _some_units(
    client: Dhis2, receivers: Sequence[Receiver]
) -> dict[str, Mapping[str, Any]] | TryLater | Unknown:
    params = {
        "filter": f"id:in:[{','.join(receiver.uid for receiver in receivers)}]",
        "fields": "id,path,openingDate,closedDate,dataSets[id]",
        "paging": "false",
    }
    answer = client.get("organisationUnits", params)
    if isinstance(answer, TryLater | Unknown):
        return answer
    return {str(unit.get("id")): unit for unit in answer.get("organisationUnits") or ()}


def _options(client: Dhis2, catalogue: Catalogue, so_far: _Found) -> Iterator[Finding]:
    """Check that the account may write to the category options behind the mapped cells."""
    options: set[str] = set()
    for keyword, data_set in so_far.data_sets.items():
        for cell in cells_of(catalogue.forms[keyword]):
            combo = data_set.elements[cell.element].combo(cell.combo)
            options.update(combo.options if combo else ())
    if not options:
        return
    found = unwritable_options(client, sorted(options))
    if isinstance(found, TryLater | Unknown):
        yield Finding(False, "dhis2 options", describe_no_answer(found))
    elif found:
        words = f"the account may not write to {listed(found)}: give it data write in their sharing"
        yield Finding(False, "dhis2 options", words)
    else:
        yield Finding(True, "dhis2 options", f"the account may write to all {len(options)}")
