"""ETAT, MANQ and SUIVI of a supervisor: tell how the area stands. They change nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from gateway.commands import paging, status
from gateway.commands.area import Area, Part, area_of
from gateway.commands.common import area_and_month, expected_sites, month_asked, phrase
from gateway.conversation.message import Site, Understood
from gateway.conversation.questions import Answer
from gateway.notifications import missing_reports as missing
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import supervision
from gateway.storage.roster import Unit
from gateway.storage.supervision import OpenReferral, Progress, Span
from menus.model.arguments import Place, ReceiptNumber
from menus.model.period import Period
from menus.model.problem import Problem
from menus.rules.calendar import ends
from menus.wording.paging import listed

HOURS_TOLD = 48  # an age of up to so many hours is told in hours, an older one in days


def state(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """ETAT of a supervisor: tell how an area or a part stands, or the report of a receipt."""
    receipt = understood.arguments_as(ReceiptNumber).number
    area = area_of(uow, understood)
    if receipt:
        return status.state_of_receipt(uow, understood, area.whole().site_ids, receipt)
    part, month = area.part_named(understood.arguments_as(Place)), month_asked(uow, understood)
    if isinstance(part, Problem) or isinstance(month, Problem):
        return _ask_back(part, month)
    if part.is_one_site:
        return _of_one_site(uow, understood, part, month)
    pieces = list(_state(uow, understood, part, month))
    return paging.first_page(uow, understood, pieces)


def missing_reports(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """MANQ: tell which site owes which form; of several facilities, how many sites of each do."""
    area = area_of(uow, understood)
    part, month = area.part_named(understood.arguments_as(Place)), month_asked(uow, understood)
    if isinstance(part, Problem) or isinstance(month, Problem):
        return _ask_back(part, month)
    sites = expected_sites(uow, part, month)
    ids = [site.id for site in sites]
    lacking = missing.missing_forms(uow.connection, uow.context, ids, month.code)
    named = area_and_month(uow, understood, part, month)
    if not lacking:
        return phrase(uow, understood, "nothing_missing", **named)
    pieces = [phrase(uow, understood, "missing_head", **named)]
    above = area.by_facility(sites)
    if len(above) > 1:
        pieces += listed(_by_facility(above, lacking))
        pieces.append(phrase(uow, understood, "missing_detail"))
    else:
        pieces += listed(_by_site(uow, understood, sites, lacking))
    pieces.append(phrase(uow, understood, "remind_all"))
    return paging.first_page(uow, understood, pieces)


def open_referrals(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """SUIVI: tell the referrals without an outcome, the oldest first."""
    area = area_of(uow, understood)
    part, month = area.part_named(understood.arguments_as(Place)), month_asked(uow, understood)
    if isinstance(part, Problem) or isinstance(month, Problem):
        return _ask_back(part, month)
    span = _span(uow, month) if understood.month is not None else None
    found = supervision.open_referrals(uow.connection, part.site_ids, span)
    if not found:
        return phrase(uow, understood, "no_open_referral", area=part.name)
    items = [_referral_text(uow, understood, area, referral) for referral in found]
    head = phrase(uow, understood, "referrals_head", area=part.name, count=len(found))
    return paging.first_page(uow, understood, [head, *listed(items)])


def _ask_back(*found: object) -> Answer:
    return Answer(problems=tuple(problem for problem in found if isinstance(problem, Problem)))


def _of_one_site(uow: UnitOfWork, understood: Understood, part: Part, month: Period) -> str:
    """Return the state of one site as its agent sees it, under its name, with what is out."""
    unit = part.tops[0]
    site = Site(unit.id, unit.code, unit.name)
    text = status.state_of_site(uow, understood, site, month)
    pieces = [phrase(uow, understood, "for_site", site=unit.name), text]
    out = supervision.stock_outs_by_code(uow.connection, [unit.id])
    if out:
        pieces.append(phrase(uow, understood, "site_stock_outs", codes=" ".join(out)))
    return paging.first_page(uow, understood, pieces)


def _state(uow: UnitOfWork, understood: Understood, part: Part, month: Period) -> Iterator[str]:
    """Yield the state of an area: reports, stock-outs, referrals, and which keywords tell more."""
    forms = tuple(uow.context.catalogue.forms)
    done = supervision.progress(uow.connection, part.site_ids, forms, month.code)
    sites = {site.id for site in expected_sites(uow, part, month)} | done.keys()
    named, counts = area_and_month(uow, understood, part, month), _counts(sites, done, len(forms))
    today = f"{uow.context.local(understood.message.sent_at):%d/%m}"
    yield phrase(uow, understood, "state_area", today=today, **named, **counts)
    span = _span(uow, month) if understood.month is not None else None
    out = supervision.stock_outs_by_code(uow.connection, part.site_ids, span)
    if out:
        codes = ", ".join(f"{code} {count}" for code, count in out.items())
        yield phrase(uow, understood, "state_stock_outs", count=sum(out.values()), codes=codes)
    else:
        yield phrase(uow, understood, "state_no_stock_out")
    referred = supervision.count_open_referrals(uow.connection, part.site_ids, span)
    yield phrase(uow, understood, "state_referrals", count=referred)
    yield phrase(uow, understood, "state_detail")


def _counts(sites: set[int], done: Mapping[int, Progress], forms: int) -> dict[str, int]:
    """Count the sites that are complete, have begun, or sent nothing, and those on time."""
    complete = sum(progress.complete == forms for progress in done.values())
    return {
        "sites": len(sites),
        "complete": complete,
        "partial": len(done) - complete,
        "nothing": len(sites) - len(done),
        "on_time": sum(progress.on_time == forms for progress in done.values()),
    }


def _by_facility(
    above: Mapping[Unit, Sequence[Unit]], lacking: Mapping[int, list[str]]
) -> list[str]:
    """Return `Kani 3/8` for each facility of which sites owe reports, the most owing first."""
    facilities = [(unit.name, sites) for unit, sites in above.items()]
    counted = missing.owing_by_facility(facilities, lacking)
    return [f"{name} {owing}/{sites}" for name, owing, sites in counted]


def _by_site(
    uow: UnitOfWork, understood: Understood, sites: Sequence[Unit], lacking: Mapping[int, list[str]]
) -> list[str]:
    catalogue, language = uow.context.catalogue, understood.language
    return [
        f"{site.name} {missing.told(catalogue, language, lacking[site.id])}"
        for site in sites
        if site.id in lacking
    ]


def _referral_text(
    uow: UnitOfWork, understood: Understood, area: Area, referral: OpenReferral
) -> str:
    """Return `4721 Kola 3j`: the number on the slip, the site, and the age."""
    hours = max(0, (understood.message.sent_at - referral.made_at) // timedelta(hours=1))
    key, count = (
        ("referral_hours", hours) if hours <= HOURS_TOLD else ("referral_days", hours // 24)
    )
    site = area.units[referral.site_id].name
    text = phrase(uow, understood, key, number=referral.number, site=site, count=count)
    return phrase(uow, understood, "referral_arrived", referral=text) if referral.arrived else text


def _span(uow: UnitOfWork, month: Period) -> Span:
    """Return the first moment of a month and the first after it, local time."""
    return (
        datetime.combine(month.first_day, time(), uow.context.timezone),
        datetime.combine(ends(month), time(), uow.context.timezone),
    )
