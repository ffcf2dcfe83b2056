"""Alert supervisors of what has run out, and where nearby there is some.

A notice waits a moment for further stock-outs, and gets its text when it is sent: a product that
is there again by then is left out. A site without any presentation of a medicine is told apart,
and to the district too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.context import Context
from gateway.model.unit_levels import UnitLevel
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock.days_out import days_of
from gateway.stock.nearby import Neighbourhood, SiteStock
from gateway.stock.stock_on_hand import products
from gateway.storage import roster, stock
from gateway.storage.digests import add_to_digest
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.roster import Post, Unit
from gateway.storage.stock import StockOut
from menus.model.catalogue import Catalogue
from menus.model.roles import Role
from menus.wording.paging import pages
from menus.wording.sentences import say

TOPIC: Final = "stock_out"  # of a notice whose subject holds `items`: [site id, code, since]


def has_dtc(uow: UnitOfWork, site_id: int) -> bool:
    """Return whether there is a DTC to whom alerts of this site go."""
    around = Neighbourhood(uow.connection, uow.context, uow.now)
    unit = around.facility(site_id)
    return unit is not None and bool(staff(uow.connection, unit, Role.DTC, around.month))


def queue_alerts(uow: UnitOfWork, stockout: StockOut) -> None:
    """Queue the alert to the DTC that a product has run out.

    The district is alerted too where no other presentation of the medicine is left.
    """
    around = Neighbourhood(uow.connection, uow.context, uow.now)
    _add(uow, around.facility(stockout.site_id), Role.DTC, [stockout], around.month)
    group = _whole_group(uow, stockout)
    if group:
        _add(uow, around.district(stockout.site_id), Role.DISTRICT, group, around.month)


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """Return the text of an alert, at most two parts; None when nothing is out any more.

    It is in GSM-7 and begins with `Alerte`, as every SMS of ours that is not a reply.
    """
    stockouts = _still_out(connection, subject["items"])
    around = Neighbourhood(connection, context, now)
    posts = roster.posts_of(connection, [phone], around.month).get(phone, [])
    above = [post for post in posts if post.role in (Role.DTC, Role.DISTRICT)]
    if not stockouts or not above:
        return None
    language = above[0].language
    wide = above[0].role == Role.DISTRICT
    groups = _groups_out(connection, context.catalogue, stockouts)
    if wide:
        # The district is told of medicines, not of presentations.
        stockouts = [
            stockout for stockout in stockouts if stockout.code in groups.get(stockout.site_id, ())
        ]
        if not stockouts:
            return None
    pieces = list(_sentences(around, language, stockouts, groups, wide=wide))
    more = say(context.catalogue, language, "alert_more")
    return pages(pieces, lambda page, count: more if page < count else "")[0].strip()


def new_notice(
    uow: UnitOfWork, unit: Unit, post: Post, *, topic: str, event: str, subject: Mapping[str, Any]
) -> NewNotice:
    """Return a notice of an event in the stock of a unit, due as the programme's rules say."""
    rules = uow.context.catalogue.programme.stock
    return NewNotice(
        key=f"{topic}:{event}:{post.phone}",
        phone=post.phone,
        topic=topic,
        due_at=uow.now + timedelta(seconds=rules.alert_after),
        expires_at=uow.now + timedelta(hours=rules.alert_hours),
        subject=subject,
        unit_id=unit.id,
    )


def _add(
    uow: UnitOfWork, unit: Unit | None, role: str, stockouts: Sequence[StockOut], month: str
) -> None:
    """Queue a notice to each person of a role at a unit, or add to the one that waits."""
    if unit is None:
        return
    items = [_item(stockout) for stockout in stockouts]
    event = ":".join(map(str, [*items[-1], role]))
    for post in staff(uow.connection, unit, role, month):
        notice = new_notice(uow, unit, post, topic=TOPIC, event=event, subject={"items": items})
        add_to_digest(uow.connection, notice, items, uow.now)


def staff(connection: Connection, unit: Unit, role: str, month: str) -> list[Post]:
    """Return the posts of a role at a unit in a month (YYYYMM), each phone once."""
    found = roster.posts_at(connection, [unit.id], month).get(unit.id, [])
    return list({post.phone: post for post in found if post.role == role}.values())


def _whole_group(uow: UnitOfWork, stockout: StockOut) -> list[StockOut]:
    """Return the stock-outs of all presentations of a medicine, this one last; else none."""
    codes = _presentations(uow.context.catalogue, stockout.code)
    out_now = [
        other
        for other in stock.open_stock_outs(uow.connection, [stockout.site_id])
        if other.code in codes
    ]
    if len(codes) < 2 or {other.code for other in out_now} != codes:
        return []
    return sorted(out_now, key=lambda other: other.code == stockout.code)


def _presentations(catalogue: Catalogue, code: str) -> set[str]:
    """Return the codes of a product's group, itself included; none when it has no group."""
    known = products(catalogue)
    group = known[code].group if code in known else ""
    return {other for other, product in known.items() if group and product.group == group}


def _still_out(connection: Connection, items: Iterable[Sequence[Any]]) -> list[StockOut]:
    wanted = {(int(site), str(code), str(since)) for site, code, since in items}
    found = stock.open_stock_outs(connection, {site for site, _, _ in wanted})
    return [stockout for stockout in found if tuple(_item(stockout)) in wanted]


def _item(stockout: StockOut) -> list[Any]:
    return [stockout.site_id, stockout.code, stockout.since.astimezone(UTC).isoformat()]


def _sentences(
    around: Neighbourhood,
    language: str,
    stockouts: Sequence[StockOut],
    groups: Mapping[int, Sequence[str]],
    *,
    wide: bool,
) -> Iterable[str]:
    """Yield which medicines are out altogether, what else is out, and where there is some."""
    catalogue = around.context.catalogue
    single = [
        stockout for stockout in stockouts if stockout.code not in groups.get(stockout.site_id, ())
    ]
    yield say(catalogue, language, "alert")
    for site, codes in groups.items():
        group = products(catalogue)[codes[0]].group
        yield say(
            catalogue, language, "alert_group",
            group=group, codes=" ".join(codes), site=site_name(around, site, wide=wide),
        )  # fmt: skip
    if single:
        listed = ", ".join(
            f"{stockout.code} {site_name(around, stockout.site_id, wide=wide)}"
            f"{days_text(around, stockout)}"
            for stockout in single
        )
        yield say(catalogue, language, "alert_outs", outs=listed)
    yield nearby_text(around, language, stock_nearby(around, stockouts))


def _groups_out(
    connection: Connection, catalogue: Catalogue, stockouts: Sequence[StockOut]
) -> dict[int, list[str]]:
    """Return by site the presentations of a medicine of which none is left there."""
    out_at: dict[int, set[str]] = {}
    for other in stock.open_stock_outs(connection, {stockout.site_id for stockout in stockouts}):
        out_at.setdefault(other.site_id, set()).add(other.code)
    found: dict[int, list[str]] = {}
    for stockout in stockouts:
        site, codes = stockout.site_id, _presentations(catalogue, stockout.code)
        if len(codes) > 1 and codes <= out_at[site] and site not in found:
            found[site] = [code for code in catalogue.form_of if code in codes]
    return found


def days_text(around: Neighbourhood, stockout: StockOut) -> str:
    """Return for how many days a product has been out, as ` 9j`; empty on the day itself."""
    context = around.context
    first, today = context.today(stockout.since), context.today(around.now)
    days = days_of(stockout, first, today, context.timezone)
    return f" {days}j" if days else ""


def site_name(around: Neighbourhood, site_id: int, *, wide: bool) -> str:
    """Return a site's name; `wide` adds its facility's, since several facilities are meant."""
    above = around.facility(site_id) if wide else None
    name = around.name(site_id)
    if above is None or above.level != UnitLevel.FACILITY:
        return name
    return f"{name} ({above.name})"


def stock_nearby(
    around: Neighbourhood, stockouts: Iterable[StockOut]
) -> dict[str, list[SiteStock]]:
    """Return the sites nearby with stock of each product that is out, by product code."""
    found: dict[str, dict[str, SiteStock]] = {}
    for stockout in stockouts:
        for unit, quantity in around.sites_with_stock(stockout.site_id, stockout.code):
            found.setdefault(stockout.code, {})[unit.code] = (unit, quantity)
    return {code: [*at_sites.values()] for code, at_sites in found.items()}


def nearby_text(
    around: Neighbourhood, language: str, nearby: Mapping[str, Sequence[SiteStock]]
) -> str:
    """Return `Stock proche: ENF Tene 20, Sirakoro 6; ATP Tene 150.`, or that there is none."""
    listed = "; ".join(
        f"{code} {', '.join(f'{unit.name} {quantity}' for unit, quantity in at_sites)}"
        for code, at_sites in nearby.items()
        if at_sites
    )
    if not listed:
        return say(around.context.catalogue, language, "alert_nowhere")
    return say(around.context.catalogue, language, "alert_nearby", places=listed)
