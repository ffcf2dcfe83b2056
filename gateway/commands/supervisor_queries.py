"""What a supervisor asks of his area: ETAT, MANQ, SUIVI. Nothing is changed by a question."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from gateway.commands import paging, status
from gateway.commands.area import Area, Part, area_of
from gateway.commands.common import about, month_asked, phrase, working
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
    """ETAT of a supervisor: tell how the area stands, or what is named of it, or a receipt."""
    receipt = understood.arguments_as(ReceiptNumber).number
    area = area_of(uow, understood)
    if receipt:
        return status.state_of_receipt(uow, understood, area.whole().site_ids, receipt)
    part, month = area.asked(understood.arguments_as(Place)), month_asked(uow, understood)
    if isinstance(part, Problem) or isinstance(month, Problem):
        return _told(part, month)
    if part.is_one_site:
        return _of_one_site(uow, understood, part, month)
    pieces = list(_state(uow, understood, part, month))
    return paging.first_page(uow, understood, pieces)


def missing_reports(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """MANQ: who still owes which form; of a district, how many sites of each facility do."""
    area = area_of(uow, understood)
    part, month = area.asked(understood.arguments_as(Place)), month_asked(uow, understood)
    if isinstance(part, Problem) or isinstance(month, Problem):
        return _told(part, month)
    sites = working(uow, part, month)
    ids = [site.id for site in sites]
    lacking = missing.missing_forms(uow.connection, uow.context, ids, month.code)
    if not lacking:
        return phrase(uow, understood, "nothing_missing", **about(uow, understood, part, month))
    pieces = [phrase(uow, understood, "missing_head", **about(uow, understood, part, month))]
    above = area.by_facility(sites)
    if len(above) > 1:
        pieces += listed(_by_facility(above, lacking))
        pieces.append(phrase(uow, understood, "missing_detail"))
    else:
        pieces += listed(_by_site(uow, understood, sites, lacking))
    pieces.append(phrase(uow, understood, "remind_all"))
    return paging.first_page(uow, understood, pieces)


def open_referrals(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """SUIVI: the referrals of which nobody has said the end, the oldest first."""
    area = area_of(uow, understood)
    part, month = area.asked(understood.arguments_as(Place)), month_asked(uow, understood)
    if isinstance(part, Problem) or isinstance(month, Problem):
        return _told(part, month)
    span = _span(uow, month) if understood.month is not None else None
    found = supervision.open_referrals(uow.connection, part.site_ids, span)
    if not found:
        return phrase(uow, understood, "no_open_referral", area=part.name)
    items = [_referral(uow, understood, area, one) for one in found]
    head = phrase(uow, understood, "referrals_head", area=part.name, count=len(found))
    return paging.first_page(uow, understood, [head, *listed(items)])


def _told(*found: object) -> Answer:
    return Answer(problems=tuple(one for one in found if isinstance(one, Problem)))


def _of_one_site(uow: UnitOfWork, understood: Understood, part: Part, month: Period) -> str:
    """One site as its agent sees it, under its name, with what is out there."""
    unit = part.tops[0]
    site = Site(unit.id, unit.code, unit.name)
    told = status.state_of_site(uow, understood, site, month)
    pieces = [phrase(uow, understood, "for_site", site=unit.name), told]
    out = supervision.stock_outs_by_code(uow.connection, [unit.id])
    if out:
        pieces.append(phrase(uow, understood, "site_stock_outs", codes=" ".join(out)))
    return paging.first_page(uow, understood, pieces)


def _state(uow: UnitOfWork, understood: Understood, part: Part, month: Period) -> Iterator[str]:
    """The area in one line: reports, stock-outs, referrals, and where to look further."""
    forms = tuple(uow.context.catalogue.forms)
    done = supervision.progress(uow.connection, part.site_ids, forms, month.code)
    sites = {site.id for site in working(uow, part, month)} | done.keys()
    told = {**about(uow, understood, part, month), **_counts(sites, done, len(forms))}
    today = understood.message.sent_at.astimezone(uow.context.timezone)
    yield phrase(uow, understood, "state_area", today=f"{today:%d/%m}", **told)
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
    """How many sites are complete, have begun, or sent nothing; and how many were on time."""
    complete = sum(one.complete == forms for one in done.values())
    return {
        "sites": len(sites),
        "complete": complete,
        "partial": len(done) - complete,
        "nothing": len(sites) - len(done),
        "on_time": sum(one.on_time == forms for one in done.values()),
    }


def _by_facility(
    above: Mapping[Unit, Sequence[Unit]], lacking: Mapping[int, list[str]]
) -> list[str]:
    """`Kani 3/8`: of how many sites of a facility something is missing; most missing first."""
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


def _referral(uow: UnitOfWork, understood: Understood, area: Area, one: OpenReferral) -> str:
    """`4721 Kola 3j`: what stands on the slip, where from, and for how long."""
    hours = max(0, (understood.message.sent_at - one.made_at) // timedelta(hours=1))
    key, count = (
        ("referral_hours", hours) if hours <= HOURS_TOLD else ("referral_days", hours // 24)
    )
    site = area.units[one.site_id].name
    text = phrase(uow, understood, key, number=one.number, site=site, count=count)
    return phrase(uow, understood, "referral_arrived", referral=text) if one.arrived else text


def _span(uow: UnitOfWork, month: Period) -> Span:
    """From the first moment of a month to the first after it, local time."""
    return (
        datetime.combine(month.first_day, time(), uow.context.timezone),
        datetime.combine(ends(month), time(), uow.context.timezone),
    )
