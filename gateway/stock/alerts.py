"""Telling supervisors at once what has run out, and where nearby there is some.

A notice waits a moment for what else comes in, and gets its words when it is sent: what is there
again by then is left out. A site without any presentation of a medicine is told apart, and to
the district too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.context import Context
from gateway.model.unit_levels import UnitLevel
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock.days_out import days_of
from gateway.stock.nearby import Neighbourhood
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
Place = tuple[Unit, int]  # a site, and how much it has


def is_told(uow: UnitOfWork, site_id: int) -> bool:
    """Whether there is a DTC to be told of this site."""
    around = Neighbourhood(uow.connection, uow.context, uow.now)
    unit = around.facility(site_id)
    return unit is not None and bool(people(uow.connection, unit, Role.DTC, around.month))


def tell(uow: UnitOfWork, out: StockOut) -> None:
    """Tells the DTC that a product has run out; the district too where no other presentation
    of the medicine is left."""
    around = Neighbourhood(uow.connection, uow.context, uow.now)
    _add(uow, around, around.facility(out.site_id), Role.DTC, [out])
    group = _group_out(uow, out)
    if group:
        _add(uow, around, around.district(out.site_id), Role.DISTRICT, group)


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """The words of such a notice, in GSM-7 and at most two parts; None when nothing is out any
    more. Begins with `Alerte`, as everything that nobody asked for."""
    outs = _still_out(connection, subject["items"])
    around = Neighbourhood(connection, context, now)
    posts = roster.posts_of(connection, [phone], around.month).get(phone, [])
    above = [post for post in posts if post.role in (Role.DTC, Role.DISTRICT)]
    if not outs or not above:
        return None
    language = above[0].language
    wide = above[0].role == Role.DISTRICT
    gone = _gone(connection, context.catalogue, outs)
    if wide:
        # The district is told of medicines, not of presentations.
        outs = [one for one in outs if one.code in gone.get(one.site_id, ())]
        if not outs:
            return None
    pieces = list(_pieces(around, language, outs, gone, wide=wide))
    more = say(context.catalogue, language, "alert_more")
    return pages(pieces, lambda page, count: more if page < count else "")[0].strip()


def _add(
    uow: UnitOfWork, around: Neighbourhood, unit: Unit | None, role: str, outs: Sequence[StockOut]
) -> None:
    """One notice to each person of this role at the unit, or a place in the one that waits."""
    if unit is None:
        return
    rules = uow.context.catalogue.programme.stock
    items = [_item(one) for one in outs]
    newest = outs[-1]
    event = ":".join(map(str, _item(newest)))
    for post in people(uow.connection, unit, role, around.month):
        notice = NewNotice(
            key=f"{TOPIC}:{event}:{role}:{post.phone}",
            phone=post.phone,
            topic=TOPIC,
            due_at=uow.now + timedelta(seconds=rules.alert_after),
            expires_at=uow.now + timedelta(hours=rules.alert_hours),
            subject={"items": items},
            unit_id=unit.id,
        )
        add_to_digest(uow.connection, notice, items, uow.now)


def people(connection: Connection, unit: Unit, role: str, month: str) -> list[Post]:
    """The people of a role at a unit, each phone once."""
    found = roster.posts_at(connection, [unit.id], month).get(unit.id, [])
    return list({post.phone: post for post in found if post.role == role}.values())


def _group_out(uow: UnitOfWork, out: StockOut) -> list[StockOut]:
    """The open stock-outs of the medicine's presentations, this one last, when none is left."""
    codes = presentations(uow.context.catalogue, out.code)
    open_now = [
        one for one in stock.open_stock_outs(uow.connection, [out.site_id]) if one.code in codes
    ]
    if len(codes) < 2 or {one.code for one in open_now} != codes:
        return []
    return sorted(open_now, key=lambda one: one.code == out.code)


def presentations(catalogue: Catalogue, code: str) -> set[str]:
    """The codes of a product's group, itself included; none when it has no group."""
    known = products(catalogue)
    group = known[code].group if code in known else ""
    return {other for other, one in known.items() if group and one.group == group}


def _still_out(connection: Connection, items: Iterable[Sequence[Any]]) -> list[StockOut]:
    wanted = {(int(site), str(code), str(since)) for site, code, since in items}
    found = stock.open_stock_outs(connection, {site for site, _, _ in wanted})
    return [one for one in found if tuple(_item(one)) in wanted]


def _item(out: StockOut) -> list[Any]:
    return [out.site_id, out.code, out.since.astimezone(UTC).isoformat()]


def _pieces(
    around: Neighbourhood,
    language: str,
    outs: Sequence[StockOut],
    gone: Mapping[int, Sequence[str]],
    *,
    wide: bool,
) -> Iterable[str]:
    """What is out altogether, what else is out, and where there is some."""
    catalogue = around.context.catalogue
    told = [one for one in outs if one.code not in gone.get(one.site_id, ())]
    yield say(catalogue, language, "alert")
    for site, codes in gone.items():
        group = products(catalogue)[codes[0]].group
        yield say(
            catalogue, language, "alert_group",
            group=group, codes=" ".join(codes), site=place(around, site, wide=wide),
        )  # fmt: skip
    if told:
        listed = ", ".join(
            f"{one.code} {place(around, one.site_id, wide=wide)}{since_words(around, one)}"
            for one in told
        )
        yield say(catalogue, language, "alert_outs", outs=listed)
    yield places_words(around, language, nearest(around, outs))


def _gone(
    connection: Connection, catalogue: Catalogue, outs: Sequence[StockOut]
) -> dict[int, list[str]]:
    """By site, the presentations of a medicine of which none is left, as far as told here."""
    open_now = stock.open_stock_outs(connection, {one.site_id for one in outs})
    at: dict[int, set[str]] = {}
    for one in open_now:
        at.setdefault(one.site_id, set()).add(one.code)
    found: dict[int, list[str]] = {}
    for one in outs:
        codes = presentations(catalogue, one.code)
        if len(codes) > 1 and codes <= at[one.site_id] and one.site_id not in found:
            found[one.site_id] = [code for code in catalogue.form_of if code in codes]
    return found


def since_words(around: Neighbourhood, out: StockOut) -> str:
    """For how many days a product has been out: ` 9j`; nothing on the day itself."""
    timezone = around.context.timezone
    today = around.now.astimezone(timezone).date()
    days = days_of(out, out.since.astimezone(timezone).date(), today, timezone)
    return f" {days}j" if days else ""


def place(around: Neighbourhood, site_id: int, *, wide: bool) -> str:
    """A site's name; where several facilities are meant, with its facility's."""
    above = around.facility(site_id) if wide else None
    name = around.name(site_id)
    return (
        f"{name} ({above.name})"
        if above is not None and above.level == UnitLevel.FACILITY
        else name
    )


def nearest(around: Neighbourhood, outs: Iterable[StockOut]) -> dict[str, list[Place]]:
    """For each product that is out somewhere, where near there is some."""
    found: dict[str, dict[str, Place]] = {}
    for one in outs:
        for unit, number in around.places(one.site_id, one.code):
            found.setdefault(one.code, {})[unit.code] = (unit, number)
    return {code: [*places.values()] for code, places in found.items()}


def places_words(
    around: Neighbourhood, language: str, places: Mapping[str, Sequence[Place]]
) -> str:
    """`Stock proche: ENF Tene 20, Sirakoro 6; ATP Tene 150.`, or that there is none."""
    listed = "; ".join(
        f"{code} {', '.join(f'{unit.name} {number}' for unit, number in found)}"
        for code, found in places.items()
        if found
    )
    if not listed:
        return say(around.context.catalogue, language, "alert_nowhere")
    return say(around.context.catalogue, language, "alert_nearby", places=listed)
