"""Notices of what DHIS2 refused, once to each person who can mend it.

A refused number is told to the agent who sent it, once for each version of the report; a
closed or approved month and a unit that is not assigned to the DTC, or to the district where
there is none; what is wrong with mapping, account or server goes into the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.context import Context
from gateway.dhis2.attempt import Result
from gateway.dhis2.cells import codes_of
from gateway.dhis2.claim import Claim
from gateway.dhis2.reasons import NAME, Audience, Reason, reason_of
from gateway.storage import outbox_sms, recipients, roster
from gateway.storage.engine import Connection
from gateway.storage.forwards import ForwardRow
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.recipients import Recipient, SentReport
from gateway.transports.dhis2_verdict import Conflict
from menus.model.catalogue import Form
from menus.model.period import Period
from menus.rules.calendar import month_name
from menus.wording.replies import say

log = structlog.get_logger()

TOPIC: Final = "dhis2"
TELL_WITHIN: Final = timedelta(days=7)  # later it is no news any more


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why DHIS2 will not have some of a row: the codes concerned, and one of its conflicts."""

    row: ForwardRow
    reason: Reason
    conflict: Conflict
    codes: tuple[str, ...]


def queue(
    connection: Connection,
    context: Context,
    claim: Claim,
    results: Mapping[int, Result],
    now: datetime,
) -> None:
    """Queue the notices of a claim's refusals, and log those for an administrator to mend."""
    refusals = _refusals(context, claim, results, now)
    notices: list[NewNotice] = []
    for refusal in refusals:
        match refusal.reason.audience:
            case Audience.AGENT:
                notices += _to_agents(connection, context, claim, refusal, now)
            case Audience.SUPERVISOR:
                notices += _to_supervisors(connection, context, claim, refusal, now)
            case _:
                continue
    if notices:
        outbox_sms.add_notices(connection, notices, now)
    _log(claim, refusals)


def _refusals(
    context: Context, claim: Claim, results: Mapping[int, Result], now: datetime
) -> list[Refusal]:
    codes, today = codes_of(claim.form), context.today(now)
    found = []
    for row in claim.rows:
        result = results.get(row.id)
        if result is None or result.trouble is not None:
            continue
        by_reason: dict[Reason, list[tuple[str, Conflict]]] = {}
        for key, conflict in _conflicts(result):
            reason = reason_of(conflict.code, Period.parse(row.period), today)
            by_reason.setdefault(reason, []).append((codes.get(key, ""), conflict))
        for reason, blamed in by_reason.items():
            mine = tuple(dict.fromkeys(code for code, _ in blamed if code))
            found.append(Refusal(row, reason, blamed[0][1], mine))
    return found


def _conflicts(result: Result) -> list[tuple[str, Conflict]]:
    """Return every refusal of a row, by cell; that of its completeness has none."""
    about_set = [("", result.not_complete)] if result.not_complete else []
    return [*result.refused.items(), *about_set]


def _to_agents(
    connection: Connection, context: Context, claim: Claim, refusal: Refusal, now: datetime
) -> list[NewNotice]:
    """Return one notice for each report behind the cells, to its sender or a successor."""
    included = [report_id for report_id, _ in claim.plans[refusal.row.id].included]
    notices = []
    for report in recipients.senders(connection, included, context.month(now)):
        codes = _codes_to_mend(claim.form, refusal, report)
        if codes:
            text = _to_agent(context, claim.form, refusal, report, codes)
            subject = f"{report.id}:{report.version}:{'+'.join(codes)}"
            notices.append(_notice(refusal, subject, report.sender, text, now))
    return notices


def _codes_to_mend(form: Form, refusal: Refusal, report: SentReport) -> tuple[str, ...]:
    if refusal.reason.word != "compulsory":
        return tuple(code for code in refusal.codes if code in report.values)
    missing = [code for code in form.codes if code not in report.values]
    named = [code for code in missing if _is_named(form, code, refusal.conflict.text)]
    return tuple(named or missing)


def _is_named(form: Form, code: str, text: str) -> bool:
    """Return whether DHIS2's words name the data element of a code, as exported or by its UID."""
    elements = {key.partition(".")[0] for key, mine in codes_of(form).items() if mine == code}
    return f"ASC {form.keyword} {code}" in text or any(uid in text for uid in elements)


def _to_agent(
    context: Context, form: Form, refusal: Refusal, report: SentReport, codes: Sequence[str]
) -> str:
    language, catalogue = report.sender.language, context.catalogue
    period = Period.parse(refusal.row.period)
    return say(
        catalogue,
        language,
        f"dhis2_{refusal.reason.word}",
        server=NAME,
        form=form.keyword,
        month=month_name(period, language, catalogue.programme),
        told=", ".join(f"{code} {report.values.get(code, '')}".strip() for code in codes),
        send=" ".join(f"{code} .." for code in codes),
    )


def _to_supervisors(
    connection: Connection, context: Context, claim: Claim, refusal: Refusal, now: datetime
) -> list[NewNotice]:
    row, catalogue = refusal.row, context.catalogue
    month = context.month(now)
    unit = roster.units_by_id(connection, [row.unit_id], month).get(row.unit_id)
    # A closed month is closed for all sites of a supervisor, a unit that is not assigned is one.
    where = f":{row.unit_id}" if refusal.reason.word not in ("locked", "approved") else ""
    notices = []
    for supervisor in recipients.supervisors(connection, row.unit_id, month):
        period = Period.parse(row.period)
        text = say(
            catalogue,
            supervisor.language,
            f"dhis2_{refusal.reason.word}",
            server=NAME,
            form=claim.form.keyword,
            month=month_name(period, supervisor.language, catalogue.programme),
            site=unit.name if unit else "",
        )
        subject = f"{claim.form.keyword}:{row.period}{where}"
        notices.append(_notice(refusal, subject, supervisor, text, now))
    return notices


def _notice(refusal: Refusal, subject: str, to: Recipient, text: str, now: datetime) -> NewNotice:
    return NewNotice(
        key=f"dhis2:{refusal.reason.word}:{subject}:{to.phone}",
        phone=to.phone,
        topic=TOPIC,
        due_at=now,
        expires_at=now + TELL_WITHIN,
        text=text,
        unit_id=refusal.row.unit_id,
        form=refusal.row.form,
        period=refusal.row.period,
    )


def _log(claim: Claim, refusals: Sequence[Refusal]) -> None:
    """Log one line for each code, however many rows it is about."""
    rows: dict[tuple[str, str], int] = {}
    for refusal in refusals:
        word = "left_behind" if claim.leaves(refusal.row) else refusal.reason.word
        key = (word, refusal.conflict.code)
        rows[key] = rows.get(key, 0) + 1
    for (word, code), count in rows.items():
        log.warning("dhis2_refused", form=claim.form.keyword, code=code, reason=word, rows=count)
