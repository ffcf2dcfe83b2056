"""RELANCE and VAL of a supervisor: remind agents, validate reports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from gateway.commands import paging
from gateway.commands.area import Area, Part, area_of
from gateway.commands.common import area_and_month, expected_sites, month_asked, phrase
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.notifications import missing_reports
from gateway.reports.unit_of_work import UnitOfWork
from gateway.reports.validation import Outcome, Verdict, validate_within
from gateway.storage import outbox_sms, recipients
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.roster import Unit
from menus.model.arguments import Place
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.rules.reminder_days import allowed
from menus.wording.paging import listed

MOST_CODES: Final = 3  # named of one form; of more only the number is told
_REFUSED: Final = (Outcome.INCOMPLETE, Outcome.WAITING, Outcome.NOTHING)


def remind(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """RELANCE: remind the agents who owe reports, each at most once a day.

    The text of each is composed when it is sent, so that an agent who has reported meanwhile is
    left out.
    """
    found = _part_and_month(uow, understood, area_of(uow, understood), as_agent=True)
    if isinstance(found, Answer):
        return found
    part, month = found
    sites = [site.id for site in expected_sites(uow, part, month)]
    lacking = missing_reports.missing_forms(uow.connection, uow.context, sites, month.code)
    named = area_and_month(uow, understood, part, month)
    if not lacking:
        return phrase(uow, understood, "nothing_missing", **named)
    this_month = uow.context.month(understood.message.sent_at)
    people = recipients.with_role_at(uow.connection, Role.AGENT, lacking, this_month)
    by_phone = {agent.phone: agent.unit_id for at_site in people.values() for agent in at_site}
    silent = outbox_sms.opted_out(uow.connection, by_phone)
    notices = [
        _notice(uow, phone, site, month) for phone, site in by_phone.items() if phone not in silent
    ]
    new = outbox_sms.add_notices(uow.connection, notices, uow.now)
    pieces = [phrase(uow, understood, "reminded", count=new, **named)]
    if len(notices) > new:
        pieces.append(phrase(uow, understood, "reminded_before", count=len(notices) - new))
    if silent:
        pieces.append(phrase(uow, understood, "reminded_never", count=len(silent)))
    return " ".join(pieces)


def validate(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """VAL: validate what is in order at a site or everywhere, and tell what is not."""
    place = understood.arguments_as(Place)
    if understood.post is None or not (place.words or place.chosen):
        return Answer(problems=(Problem("validate_which", Level.ASK),))
    area = area_of(uow, understood)
    found = _part_and_month(uow, understood, area)
    if isinstance(found, Answer):
        return found
    part, month = found
    verdicts = validate_within(uow, part.site_ids, month, understood.post.id)
    pieces = list(_validated(uow, understood, part, month, verdicts))
    refused = _refused(part, verdicts)
    if refused:
        pieces.append(phrase(uow, understood, "validated_not"))
        pieces += listed(_why_not(uow, understood, area, refused))
    return paging.first_page(uow, understood, pieces)


def _part_and_month(
    uow: UnitOfWork, understood: Understood, area: Area, *, as_agent: bool = False
) -> tuple[Part, Period] | Answer:
    """Return the part and the month that were named, or what to ask back.

    The month is meant `as_agent` for a reminder: agents can do nothing about a month that is
    closed to them.
    """
    place = understood.arguments_as(Place)
    part = area.whole() if place.is_everything else area.part_named(place)
    month = month_asked(uow, understood, as_agent=as_agent)
    if isinstance(part, Part) and isinstance(month, Period):
        return part, month
    return Answer(problems=tuple(found for found in (part, month) if isinstance(found, Problem)))


def _notice(uow: UnitOfWork, phone: str, site_id: int, month: Period) -> NewNotice:
    """Return a reminder like the calendar's, due when reminders are next allowed, for that day."""
    due = allowed(uow.context.local(uow.now), uow.context.catalogue.programme.reminders)
    return NewNotice(
        key=f"relance:{due:%Y%m%d}:{phone}",
        phone=phone,
        topic=missing_reports.TOPIC,
        due_at=due,
        expires_at=due.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1),
        subject={"period": month.code},
        unit_id=site_id,
        period=month.code,
    )


def _validated(
    uow: UnitOfWork, understood: Understood, part: Part, month: Period, verdicts: Sequence[Verdict]
) -> Iterator[str]:
    """Yield how many reports were validated now, and how many before."""
    count = sum(verdict.outcome is Outcome.VALIDATED for verdict in verdicts)
    named = area_and_month(uow, understood, part, month)
    yield phrase(uow, understood, "validated", count=count, **named)
    before = sum(verdict.outcome is Outcome.ALREADY for verdict in verdicts)
    if before:
        yield phrase(uow, understood, "validated_before", count=before)


def _refused(part: Part, verdicts: Sequence[Verdict]) -> dict[Unit, list[Verdict]]:
    """Return the verdicts on what was not validated, by site."""
    by_id = {site.id: site for site in part.sites}
    found: dict[Unit, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.outcome in _REFUSED:
            found.setdefault(by_id[verdict.site_id], []).append(verdict)
    return found


def _why_not(
    uow: UnitOfWork, understood: Understood, area: Area, refused: Mapping[Unit, Sequence[Verdict]]
) -> list[str]:
    """Return the reasons site by site; of several facilities only how many reports of each."""
    above = area.by_facility([*refused])
    if len(above) > 1:
        return [
            f"{unit.name} {sum(len(refused[site]) for site in sites)}"
            for unit, sites in above.items()
        ]
    return [
        f"{site.name} {_reasons(uow, understood, verdicts)}" for site, verdicts in refused.items()
    ]


def _reasons(uow: UnitOfWork, understood: Understood, verdicts: Sequence[Verdict]) -> str:
    """Return why a site's forms are not validated, first those that did not come, together."""
    absent = [verdict.form for verdict in verdicts if verdict.outcome is Outcome.NOTHING]
    if len(absent) == len(uow.context.catalogue.forms):
        return phrase(uow, understood, "validated_nothing_came")
    texts = [phrase(uow, understood, "validated_absent", codes=" ".join(absent))] if absent else []
    for verdict in verdicts:
        form, codes = verdict.form, verdict.missing or verdict.waiting
        listed_codes = " ".join(codes) if len(codes) <= MOST_CODES else str(len(codes))
        if verdict.outcome is Outcome.INCOMPLETE:
            texts.append(phrase(uow, understood, "validated_lacks", form=form, codes=listed_codes))
        elif verdict.outcome is Outcome.WAITING:
            texts.append(phrase(uow, understood, "validated_waits", form=form, codes=listed_codes))
    return ", ".join(texts)
