"""RUPT and COMMANDE of supervisors: what is out where, and how much to bring to each site."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from gateway.commands import paging
from gateway.commands.area import Part, area_of
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock.alerts import days_text, nearby_text, site_name, stock_nearby
from gateway.stock.nearby import Neighbourhood
from gateway.stock.stock_on_hand import Shelf, products
from gateway.storage import roster, stock
from gateway.storage.roster import Post, Unit
from gateway.storage.stock import StockOut
from menus.model.arguments import Products
from menus.model.period import Period
from menus.model.problem import Problem
from menus.rules.calendar import month_name, which_month
from menus.rules.stock import SHORT, Holding, StockLevel, level, order
from menus.wording.paging import listed
from menus.wording.sentences import say


def list_stockouts(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """RUPT [product] [place] [month]: list by product where it is out and for how many days.

    Then where nearby there is some, and what will not last a month. With a month: what was out
    in it.
    """
    query = _StockQuery.of(uow, understood)
    if isinstance(query, Problem):
        return Answer(problems=(query,))
    month = _month(uow, understood)
    if isinstance(month, Problem):
        return Answer(problems=(month,))
    pieces = query.now() if month is None else query.in_month(month)
    return paging.first_page(uow, understood, list(pieces))


def list_orders(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """COMMANDE [product] [place]: list by site how much to bring of each, in whole packs."""
    query = _StockQuery.of(uow, understood)
    if isinstance(query, Problem):
        return Answer(problems=(query,))
    return paging.first_page(uow, understood, list(query.orders()))


class _StockQuery:
    """A supervisor's question about the sites of a part of the area, and some products.

    `wide` tells that the sites are of several facilities.
    """

    def __init__(self, around: Neighbourhood, post: Post, part: Part, codes: Sequence[str]) -> None:
        self.around, self.post, self.part, self.codes = around, post, part, codes
        self.sites = part.sites
        self.wide = len({site.parent_id for site in part.sites}) > 1

    @classmethod
    def of(cls, uow: UnitOfWork, understood: Understood) -> "_StockQuery | Problem":
        """Return the question of a message, or what to ask back."""
        post = understood.post
        if post is None:
            raise ValueError("only a known person can ask")
        said = understood.arguments_as(Products)
        area = area_of(uow, understood)
        part = area.part_named(said.place)
        if isinstance(part, Problem):
            return part
        around = Neighbourhood(uow.connection, uow.context, uow.now, dict(area.units))
        return cls(around, post, part, [*said.days] or [*products(uow.context.catalogue)])

    def now(self) -> Iterator[str]:
        """Yield what is out now, where nearby there is some, and what will not last."""
        stockouts = self._open_stockouts()
        yield self._say("out_head", place=self.part.name)
        if not stockouts:
            yield self._say("out_none")
        yield from listed([*self._by_code(stockouts)])
        if stockouts:
            nearby = stock_nearby(self.around, stockouts)
            yield nearby_text(self.around, self.post.language, nearby)
        low = [*self._low()]
        if low:
            months = Fraction(self.around.context.catalogue.programme.stock.order_below, 100)
            yield self._say("out_low", months=_decimal(months))
            yield from listed(low)

    def in_month(self, month: Period) -> Iterator[str]:
        """Yield what was out in a month, and on how many of its days: as typed, else by RUPT."""
        catalogue = self.around.context.catalogue
        name = month_name(month, self.post.language, catalogue.programme)
        yield self._say("out_head", place=f"{self.part.name} {name}")
        shelves = self.around.shelves(self.part.site_ids)
        found = {
            code: [
                f"{self._name(site.id)} {days}j"
                for site in self.sites
                if (days := shelves[site.id].days_out(code, month))
            ]
            for code in self.codes
        }
        items = [f"{code} {', '.join(places)}" for code, places in found.items() if places]
        yield from listed(items) if items else [self._say("out_none")]

    def orders(self) -> Iterator[str]:
        """Yield what to bring, site by site; last the sites with an agent but no stock reported."""
        yield self._say("order_head", place=self.part.name)
        rules = self.around.context.catalogue.programme.stock
        site_ids = self.part.site_ids
        shelves = self.around.shelves(site_ids)
        active = roster.active_sites(self.around.connection, site_ids, self.around.month)
        items, unknown = [], []
        for site in self.sites:
            holdings = self._holdings(shelves[site.id])
            orders = [
                f"{code} {quantity}"
                for code, holding in holdings.items()
                if (quantity := order(holding, rules))
            ]
            if orders:
                items.append(f"{self._name(site.id)} {', '.join(orders)}")
            if site.id in active and not holdings:
                unknown.append(self._name(site.id))
        yield from listed(items) if items else [self._say("order_none")]
        if unknown:
            yield self._say("order_untold", sites=", ".join(unknown))

    def _holdings(self, shelf: Shelf) -> dict[str, Holding]:
        """Return what a site holds of each product, by code; one never reported is left out."""
        catalogue = self.around.context.catalogue
        known, use_months = products(catalogue), catalogue.programme.stock.use_months
        found = {code: shelf.holding(code, known[code], use_months) for code in self.codes}
        return {code: holding for code, holding in found.items() if holding is not None}

    def _open_stockouts(self) -> list[StockOut]:
        found = stock.open_stock_outs(self.around.connection, self.part.site_ids)
        return [stockout for stockout in found if stockout.code in self.codes]

    def _by_code(self, stockouts: Iterable[StockOut]) -> Iterator[str]:
        """Yield `ENF Kola 9j, Tene 3j` by product, the longest out first."""
        found: dict[str, list[str]] = {}
        for stockout in stockouts:
            text = f"{self._name(stockout.site_id)}{days_text(self.around, stockout)}"
            found.setdefault(stockout.code, []).append(text)
        for code in self.codes:
            if code in found:
                yield f"{code} {', '.join(found[code])}"

    def _low(self) -> Iterator[str]:
        """Yield the products below a month of stock, but for those that are out by RUPT.

        Site by site; in an area of several facilities the number of sites of each.
        """
        rules = self.around.context.catalogue.programme.stock
        shelves = self.around.shelves(self.part.site_ids)
        holdings = {site.id: self._holdings(shelves[site.id]) for site in self.sites}
        for code in self.codes:
            places: Counter[str] = Counter()
            for site in self.sites:
                holding = holdings[site.id].get(code)
                found = None if holding is None else level(holding, rules)
                is_out = shelves[site.id].open_stockout(code) is not None
                if found in SHORT and not (found is StockLevel.OUT and is_out):
                    places[self._place_of(site)] += 1
            if places:
                yield f"{code} {', '.join(self._counted(places))}"

    def _place_of(self, site: Unit) -> str:
        above = self.around.facility(site.id) if self.wide else None
        return site.name if above is None else above.name

    def _counted(self, places: Counter[str]) -> list[str]:
        return [f"{name} {number}" if self.wide else name for name, number in places.items()]

    def _name(self, site_id: int) -> str:
        return site_name(self.around, site_id, wide=self.wide)

    def _say(self, key: str, **values: str) -> str:
        return say(self.around.context.catalogue, self.post.language, key, brief=False, **values)


def _month(uow: UnitOfWork, understood: Understood) -> Period | Problem | None:
    """Return the month named, as far back as a supervisor may report; None when none is named."""
    if understood.problems:
        return understood.problems[0]
    if understood.month is None:
        return None
    programme = uow.context.catalogue.programme
    sent_at = understood.message.sent_at
    programme = replace(programme, months_back=programme.months_back_for_supervisors)
    found = which_month(understood.month, uow.context.today(sent_at), programme)
    if isinstance(found, Problem) and found.key == "month_not_open":
        return uow.context.period(sent_at)
    return found


def _decimal(number: Fraction) -> str:
    return f"{float(number):g}".replace(".", ",")
