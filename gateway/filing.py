"""Filing what a batch of messages says: reports and versions change, answers are written.

The caller holds the sites' locks. Everything is worked out in memory on the reports as they
stand; `store` then writes it with a handful of statements.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.report import Filing, Key, Report, Stamp, file, missing, receipts, stamp
from gateway.storage import outbox, reports, roster, tallies
from gateway.storage.engine import Connection
from gateway.storage.inbox import Message
from gateway.storage.outbox import NewReply, Wanted
from gateway.storage.reports import Version
from gateway.understanding import House, Understood
from menus import gsm7, wording
from menus.model import Filled, Form, Level, Period, Problem
from menus.period import is_late
from menus.sentences import say_problem
from menus.wording import ReportReply


@dataclass(slots=True)
class Desk:
    """The reports that a batch touches, as they change under its hands."""

    house: House
    now: datetime
    reports: dict[Key, Report]
    texts: set[tuple[Key, str]]
    complete: dict[tuple[int, str], set[str]]
    site_codes: Mapping[int, str]
    taken: set[tuple[int, str]]
    touched: set[Key] = field(default_factory=set)
    versions: list[Version] = field(default_factory=list)
    replies: list[NewReply] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def open_desk(
    connection: Connection, house: House, batch: Sequence[Understood], now: datetime
) -> Desk:
    """Loads what this batch touches. The caller has locked the sites."""
    keys = {key for one in batch for key in keys_of(one)}
    stored = reports.load(connection, keys)
    hashes = {one.message.text_hash for one in batch}
    ids = {report.id: key for key, report in stored.items()}
    filed = reports.texts_filed(connection, list(ids), hashes) if ids else set()
    codes = {one.post.unit_id: one.post.unit_code for one in batch if one.post is not None}
    new = [key for key in keys if key not in stored]
    wanted = {(key[0], receipt) for key in new for receipt in _candidates(codes[key[0]], key)}
    return Desk(
        house=house,
        now=now,
        reports=stored,
        texts={(ids[report_id], text_hash) for report_id, text_hash in filed},
        complete=reports.forms_complete(connection, {(key[0], key[2]) for key in keys}),
        site_codes=codes,
        taken=reports.receipts_taken(connection, wanted),
    )


def keys_of(understood: Understood) -> list[Key]:
    """The reports that a message fills."""
    if understood.post is None or understood.period is None:
        return []
    site, month = understood.post.unit_id, understood.period.code
    return [(site, filled.form, month) for filled in understood.fillings]


def answer(desk: Desk, understood: Understood, *, silent: bool = False) -> None:
    """Files one message and writes the one reply that answers it, unless `silent`."""
    replies = [_file(desk, understood, filled) for filled in understood.fillings]
    refused = bool(understood.problems) or any(reply.problems for reply in replies)
    if understood.post is None:
        desk.counts["strangers"] += 1
    else:
        desk.counts["understood" if replies and not refused else "refused"] += 1
    if silent:
        desk.counts["unanswered"] += 1
    else:
        _queue_reply(desk, understood, _words(desk, understood, replies))


def _words(desk: Desk, understood: Understood, replies: Sequence[ReportReply]) -> str:
    """The answer to a message. A stranger is told so in French, without any data."""
    catalogue, personal = desk.house.catalogue, understood.personal
    if understood.post is None:
        stranger = Problem("unknown_sender", Level.REFUSE)
        return wording.problem_reply(catalogue, "fr", [stranger])
    language = understood.post.language
    if not replies:
        problems = understood.problems or (Problem("nothing_understood", Level.ASK),)
        return wording.problem_reply(catalogue, language, problems, personal=personal)
    return wording.report_reply(
        catalogue, language, replies, problems=understood.problems, personal=personal
    )


def store(connection: Connection, desk: Desk) -> None:
    """Writes the reports, their versions, the replies and what must go to DHIS2."""
    changed = [desk.reports[key] for key in sorted(desk.touched)]
    reports.save(connection, changed, desk.versions)
    outbox.add_replies(connection, desk.replies, desk.now)
    outbox.want(connection, _wanted(connection, {one.key for one in desk.versions}), desk.now)
    tallies.add(connection, desk.counts)


def _wanted(connection: Connection, keys: Collection[Key]) -> list[Wanted]:
    """The DHIS2 cells that these reports feed: those of the nearest unit that has any."""
    wanted = []
    for period in {key[2] for key in keys}:
        sites = {key[0] for key in keys if key[2] == period}
        units = roster.receiving_units(connection, sites, period)
        for site, form, month in keys:
            if month == period:
                unit = units.get(site)
                wanted.append(Wanted(unit.id if unit else site, form, month))
    return wanted


def _file(desk: Desk, understood: Understood, filled: Filled) -> ReportReply:
    """Lays one form of a message over its report, and says what came of it."""
    post, period, message = understood.post, understood.period, understood.message
    if post is None or period is None:
        raise ValueError("only a message of a known person for a known month can be filed")
    key = (post.unit_id, filled.form, period.code)
    form = desk.house.catalogue.forms[filled.form]
    before = desk.reports.get(key) or _blank(desk, key, message)
    if (key, message.text_hash) in desk.texts and _is_replaced(before, filled):
        return _reply(desk, form, period, before, filled)
    mark = stamp(message.sent_at, message.id)
    filing = file(form, before, filled, mark, desk.now)
    _keep(desk, form, filing, understood, mark)
    return _reply(desk, form, period, desk.reports[key], filled, filing=filing)


def _is_replaced(report: Report, filled: Filled) -> bool:
    """Whether another number, or other days out, were accepted since in place of one of these.

    A number that was never taken has not been replaced: it is weighed, and told, once more.
    """
    return any(
        (report.values[code], report.days_out.get(code)) != (value, filled.days_out.get(code))
        for code, value in filled.values.items()
        if code in report.values and not _waits(report, code, value)
    )


def _waits(report: Report, code: str, value: int) -> bool:
    return code in report.pending and report.pending[code].value == value


def _keep(desk: Desk, form: Form, filing: Filing, understood: Understood, mark: Stamp) -> None:
    """Notes the changed report, and its new version when numbers changed."""
    report, message = filing.report, understood.message
    sent_on = message.sent_at.astimezone(desk.house.timezone).date()
    programme = desk.house.catalogue.programme
    late = is_late(Period.parse(report.period), sent_on, programme)
    newly_complete = report.complete and not desk.reports.get(report.key, report).complete
    report = replace(
        report,
        late=late if newly_complete or report.version <= 1 else report.late,
        problems=tuple(_problem(desk, problem) for problem in filing.problems),
    )
    desk.reports[report.key] = report
    desk.touched.add(report.key)
    if report.complete:
        desk.complete[report.site_id, report.period].add(report.form)
    if not filing.changed or understood.post is None:
        return
    desk.texts.add((report.key, message.text_hash))
    desk.versions.append(
        Version(
            key=report.key,
            version=report.version,
            message_id=message.id,
            post_id=understood.post.id,
            values=report.values,
            days_out=report.days_out,
            sent_at=message.sent_at,
            accepted_at=desk.now,
        )
    )


def _reply(
    desk: Desk,
    form: Form,
    period: Period,
    report: Report,
    filled: Filled,
    *,
    filing: Filing | None = None,
) -> ReportReply:
    """What is told of a report; without a filing, of a text that was replaced since."""
    done = desk.complete[report.site_id, report.period]
    return ReportReply(
        form=form.keyword,
        period=period,
        receipt=report.receipt,
        values=report.values,
        days_out=report.days_out,
        missing=missing(form, report),
        pending={code: one.value for code, one in report.pending.items()},
        problems=filing.problems if filing else (),
        repaired=filled.repaired,
        complete=report.complete,
        late=report.late,
        unchanged=filing is None or not filing.changed,
        superseded=filing is None,
        other_forms_missing=tuple(
            keyword for keyword in desk.house.catalogue.forms if keyword not in done
        ),
    )


def _blank(desk: Desk, key: Key, message: Message) -> Report:
    """A report that nothing was ever typed into, with a receipt that is free at its site."""
    site, form, period = key
    candidates: Iterable[str] = receipts(f"{desk.site_codes[site]}/{form}/{period}")
    receipt = next(one for one in candidates if (site, one) not in desk.taken)
    desk.taken.add((site, receipt))
    return Report(
        site_id=site,
        form=form,
        period=period,
        receipt=receipt,
        received_at=message.sent_at,
        changed_at=desk.now,
    )


def _candidates(site_code: str, key: Key) -> list[str]:
    """The first receipts that a report would take: enough that one is free."""
    found = receipts(f"{site_code}/{key[1]}/{key[2]}")
    return [next(found) for _ in range(4)]


def _problem(desk: Desk, problem: Problem) -> Mapping[str, object]:
    """A problem as it is kept with the report, in French."""
    text = say_problem(desk.house.catalogue, "fr", problem, brief=False)
    return {"level": str(problem.level), "codes": list(problem.codes), "text": text}


def _queue_reply(desk: Desk, understood: Understood, text: str) -> None:
    message, post = understood.message, understood.post
    keys = keys_of(understood)
    parts = len(gsm7.parts(text))
    desk.counts["sms_parts"] += parts
    desk.replies.append(
        NewReply(
            key=f"reply:{message.id}",
            phone=message.phone,
            text=text,
            parts=parts,
            message_id=message.id,
            unit_id=post.unit_id if post else None,
            form=keys[0][1] if len(keys) == 1 else None,
            period=keys[0][2] if keys else None,
        )
    )
