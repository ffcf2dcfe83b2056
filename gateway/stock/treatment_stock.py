"""A product against those under treatment with it: a warning before it is too late.

The stock counted must last the patients for a month (`patients` and `ration` of the product).
The agent reads it in the answer to the report that shows it, the DTC gets a notice.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.context import Context
from gateway.model.report import Key, stamp
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock.alerts import people, places_words
from gateway.stock.nearby import Neighbourhood
from gateway.stock.stock_on_hand import products
from gateway.storage import outbox_sms, reports, roster
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewNotice
from menus.model.catalogue import Product
from menus.model.period import Period
from menus.model.roles import Role
from menus.rules.calendar import period_of
from menus.rules.stock import need
from menus.wording.sentences import say

TOPIC: Final = "stock_low"  # of a notice whose subject holds `site` and `code`
MONTHS: Final = 2  # a number of patients older than this says nothing of today


def warn(uow: UnitOfWork, keys: Collection[Key], language: str) -> str:
    """What to tell the agent of the products that her reports (`keys`) touch; empty when they
    last. Her DTC is told once for each product and month."""
    found = []
    for code, product in products(uow.context.catalogue).items():
        forms = {uow.context.catalogue.form_of.get(one) for one in (code, product.patients)}
        for site, form, period in keys:
            if not product.patients or form not in forms:
                continue
            patients, stock = _patients(uow, site, product, period), _stock(uow, site, code)
            if patients is None or stock is None or stock >= need(product, patients):
                continue
            told = f"{code} {stock}", f"{product.patients} {patients}"
            found.append(_low(uow, language, *told))
            if stock:
                _tell(uow, site, code, period)
    return " ".join(dict.fromkeys(found))


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """The words of such a notice; None when there is enough by now, or nobody to be treated."""
    site, code = int(subject["site"]), str(subject["code"])
    product = products(context.catalogue).get(code)
    around = Neighbourhood(connection, context, now)
    posts = roster.posts_of(connection, [phone], around.month).get(phone, [])
    above = [post for post in posts if post.role == Role.DTC]
    if product is None or not above:
        return None
    stock = around.shelves([site])[site].on_hand(code)
    today = period_of(now.astimezone(context.timezone).date())
    history = reports.values_between(connection, [site], today.plus(-MONTHS).code, today.code)
    patients = _newest(history.get(site, {}), product.patients)
    if stock is None or patients is None or stock >= need(product, patients):
        return None
    language = above[0].language
    low = say(
        context.catalogue, language, "alert_low",
        product=f"{code} {stock}", patients=f"{product.patients} {patients}",
        site=around.name(site),
    )  # fmt: skip
    return f"{low} {places_words(around, language, {code: around.places(site, code)})}"


def _low(uow: UnitOfWork, language: str, product: str, patients: str) -> str:
    return say(uow.context.catalogue, language, "stock_low", product=product, patients=patients)


def _tell(uow: UnitOfWork, site: int, code: str, period: str) -> None:
    around = Neighbourhood(uow.connection, uow.context, uow.now)
    unit = around.facility(site)
    if unit is None:
        return
    rules = uow.context.catalogue.programme.stock
    notices = [
        NewNotice(
            key=f"{TOPIC}:{site}:{code}:{period}:{post.phone}",
            phone=post.phone,
            topic=TOPIC,
            due_at=uow.now + timedelta(seconds=rules.alert_after),
            expires_at=uow.now + timedelta(hours=rules.alert_hours),
            subject={"site": site, "code": code},
            unit_id=unit.id,
        )
        for post in people(uow.connection, unit, Role.DTC, around.month)
    ]
    outbox_sms.add_notices(uow.connection, notices, uow.now)


def _stock(uow: UnitOfWork, site: int, code: str) -> int | None:
    """The newest count of the product, and what came in since."""
    history = uow.history.of(site)
    months = [key for key in history.counted if code in history.values.get(key, {})]
    if not months:
        return None
    newest = max(months, key=lambda key: key[1])
    since = history.counted[newest][code]
    received = [
        receipt.quantity
        for receipt in history.received
        if receipt.code == code and stamp(receipt.received_at, receipt.inbox_id) > since
    ]
    return history.values[newest][code] + sum(received)


def _patients(uow: UnitOfWork, site: int, product: Product, period: str) -> int | None:
    """How many are under treatment, by the newest report of the last months."""
    first = Period.parse(period).plus(-MONTHS).code
    values_of = uow.history.of(site, Period.parse(period)).values
    recent = {key: values for key, values in values_of.items() if key[1] >= first}
    return _newest(recent, product.patients)


def _newest(history: Mapping[tuple[str, str], Mapping[str, int]], code: str) -> int | None:
    months = [key for key, values in history.items() if code in values]
    return history[max(months, key=lambda key: key[1])][code] if months else None
