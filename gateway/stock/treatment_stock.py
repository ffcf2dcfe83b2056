"""Warn of a product whose stock will not last the patients under treatment with it.

The stock counted must last the patients for a month (`patients` and `ration` of the product).
The agent reads the warning in the answer to the report that shows it, the DTC gets a notice.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from gateway.context import Context
from gateway.model.report import Key
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock.alerts import nearby_text, new_notice, staff
from gateway.stock.nearby import Neighbourhood
from gateway.stock.stock_on_hand import products, stock_after
from gateway.storage import outbox_sms, reports, roster
from gateway.storage.engine import Connection
from menus.model.catalogue import Product
from menus.model.period import Period
from menus.model.roles import Role
from menus.rules.stock import need
from menus.wording.sentences import say

TOPIC: Final = "stock_low"  # of a notice whose subject holds `site` and `code`
MONTHS: Final = 2  # a number of patients older than this tells nothing of today


def warn(uow: UnitOfWork, keys: Collection[Key], language: str) -> str:
    """Return the warning to the agent of the products that these reports touch, empty for none.

    The DTC gets a notice, once for each product and month, of a product of which some is left.
    """
    found = []
    for code, product in products(uow.context.catalogue).items():
        forms = {uow.context.catalogue.form_of.get(field) for field in (code, product.patients)}
        for site, form, period in keys:
            if not product.patients or form not in forms:
                continue
            patients, stock = _patients(uow, site, product, period), _stock(uow, site, code)
            if patients is None or stock is None or stock >= need(product, patients):
                continue
            counted, treated = f"{code} {stock}", f"{product.patients} {patients}"
            catalogue = uow.context.catalogue
            found.append(say(catalogue, language, "stock_low", product=counted, patients=treated))
            if stock:
                _queue_notices(uow, site, code, period)
    return " ".join(dict.fromkeys(found))


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """Return the text of such a notice.

    None when the stock lasts by now, no patients are reported, or the DTC has left.
    """
    site, code = int(subject["site"]), str(subject["code"])
    product = products(context.catalogue).get(code)
    around = Neighbourhood(connection, context, now)
    posts = roster.posts_of(connection, [phone], around.month).get(phone, [])
    above = [post for post in posts if post.role == Role.DTC]
    if product is None or not above:
        return None
    stock = around.shelves([site])[site].on_hand(code)
    this_month = context.period(now)
    first, last = this_month.plus(-MONTHS).code, this_month.code
    history = reports.values_between(connection, [site], first, last)
    patients = _newest(history.get(site, {}), product.patients)
    if stock is None or patients is None or stock >= need(product, patients):
        return None
    language = above[0].language
    low = say(
        context.catalogue, language, "alert_low",
        product=f"{code} {stock}", patients=f"{product.patients} {patients}",
        site=around.name(site),
    )  # fmt: skip
    nearby = {code: around.sites_with_stock(site, code)}
    return f"{low} {nearby_text(around, language, nearby)}"


def _queue_notices(uow: UnitOfWork, site: int, code: str, period: str) -> None:
    around = Neighbourhood(uow.connection, uow.context, uow.now)
    unit = around.facility(site)
    if unit is None:
        return
    event, subject = f"{site}:{code}:{period}", {"site": site, "code": code}
    notices = [
        new_notice(uow, unit, post, topic=TOPIC, event=event, subject=subject)
        for post in staff(uow.connection, unit, Role.DTC, around.month)
    ]
    outbox_sms.add_notices(uow.connection, notices, uow.now)


def _stock(uow: UnitOfWork, site: int, code: str) -> int | None:
    """Return the newest count of the product and what came in since; None without a count."""
    history = uow.history.of(site)
    months = [key for key in history.counted if code in history.values.get(key, {})]
    if not months:
        return None
    newest = max(months, key=lambda key: key[1])
    count = (history.counted[newest][code], history.values[newest][code])
    return stock_after([count], history.received, code)


def _patients(uow: UnitOfWork, site: int, product: Product, period: str) -> int | None:
    """Return how many are under treatment, by the newest report of the last months, if any."""
    first = Period.parse(period).plus(-MONTHS).code
    values_of = uow.history.of(site, Period.parse(period)).values
    recent = {key: values for key, values in values_of.items() if key[1] >= first}
    return _newest(recent, product.patients)


def _newest(history: Mapping[tuple[str, str], Mapping[str, int]], code: str) -> int | None:
    months = [key for key, values in history.items() if code in values]
    return history[max(months, key=lambda key: key[1])][code] if months else None
