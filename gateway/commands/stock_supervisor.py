"""RUPT and COMMANDE of supervisors: who is out of what, and what to bring to whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from gateway.commands import paging
from gateway.commands.area import Part, area_of
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock.alerts import nearest, place, places_words, since_words
from gateway.stock.nearby import Neighbourhood
from gateway.stock.stock_on_hand import products
from gateway.storage import roster, stock
from gateway.storage.roster import Post, Unit
from gateway.storage.stock import StockOut
from menus.model.arguments import Products
from menus.model.period import Period
from menus.model.problem import Problem
from menus.rules.calendar import month_name, period_of, which_month
from menus.rules.stock import SHORT, StockLevel, level, order
from menus.wording.paging import listed
from menus.wording.sentences import say


def who_is_out(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """RUPT [product] [place] [month]: by product, where it is out and for how many days, where
    nearby there is some, and what will not last a month. With a month: what was out in it."""
    asked = _Asked.of(uow, understood)
    if isinstance(asked, Problem):
        return Answer(problems=(asked,))
    month = _month(uow, understood)
    if isinstance(month, Problem):
        return Answer(problems=(month,))
    pieces = asked.now() if month is None else asked.in_month(month)
    return paging.give(uow, understood, list(pieces))


def what_to_bring(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """COMMANDE [product] [place]: by site, how much to bring of each product, in whole packs."""
    asked = _Asked.of(uow, understood)
    if isinstance(asked, Problem):
        return Answer(problems=(asked,))
    return paging.give(uow, understood, list(asked.orders()))


class _Asked:
    """A supervisor's question about the part of his area and the products that he named."""

    def __init__(self, around: Neighbourhood, post: Post, part: Part, codes: Sequence[str]) -> None:
        self.around, self.post, self.part, self.codes = around, post, part, codes
        self.sites = part.sites
        self.wide = len({one.parent_id for one in part.sites}) > 1

    @classmethod
    def of(cls, uow: UnitOfWork, understood: Understood) -> "_Asked | Problem":
        post = understood.post
        if post is None:
            raise ValueError("only a known person can ask")
        said = understood.arguments_as(Products)
        area = area_of(uow, understood)
        part = area.asked(said.place)
        if isinstance(part, Problem):
            return part
        around = Neighbourhood(uow.connection, uow.context, uow.now, dict(area.units))
        return cls(around, post, part, [*said.days] or [*products(uow.context.catalogue)])

    def now(self) -> Iterator[str]:
        """What is out now, where there is some, what will not last."""
        outs = self._open_outs()
        yield self._say("out_head", place=self.part.name)
        if not outs:
            yield self._say("out_none")
        yield from listed([*self._by_code((one, since_words(self.around, one)) for one in outs)])
        if outs:
            yield places_words(self.around, self.post.language, nearest(self.around, outs))
        low = [*self._low()]
        if low:
            months = Fraction(self.around.context.catalogue.programme.stock.order_below, 100)
            yield self._say("out_low", months=_decimal(months))
            yield from listed(low)

    def in_month(self, month: Period) -> Iterator[str]:
        """What was out in a month, and on how many of its days: as typed, else as told."""
        catalogue = self.around.context.catalogue
        name = month_name(month, self.post.language, catalogue.programme)
        yield self._say("out_head", place=f"{self.part.name} {name}")
        held = self.around.shelves([one.id for one in self.sites])
        found = {
            code: [
                f"{self._name(site.id)} {days}j"
                for site in self.sites
                if (days := held[site.id].days_out(code, month))
            ]
            for code in self.codes
        }
        items = [f"{code} {', '.join(places)}" for code, places in found.items() if places]
        yield from listed(items) if items else [self._say("out_none")]

    def orders(self) -> Iterator[str]:
        """Site by site, what to bring; last the sites whose stock nobody has told."""
        yield self._say("order_head", place=self.part.name)
        catalogue = self.around.context.catalogue
        rules, known = catalogue.programme.stock, products(catalogue)
        held = self.around.shelves([one.id for one in self.sites])
        ids = [one.id for one in self.sites]
        working = roster.active_sites(self.around.connection, ids, self.around.month)
        items, untold = [], []
        for site in self.sites:
            holdings = {
                code: held[site.id].holding(code, known[code], rules.use_months)
                for code in self.codes
            }
            wanted = [
                f"{code} {quantity}"
                for code, one in holdings.items()
                if one is not None and (quantity := order(one, rules))
            ]
            if wanted:
                items.append(f"{self._name(site.id)} {', '.join(wanted)}")
            if site.id in working and not any(holdings.values()):
                untold.append(self._name(site.id))
        yield from listed(items) if items else [self._say("order_none")]
        if untold:
            yield self._say("order_untold", sites=", ".join(untold))

    def _open_outs(self) -> list[StockOut]:
        found = stock.open_stock_outs(self.around.connection, [one.id for one in self.sites])
        return [one for one in found if one.code in self.codes]

    def _by_code(self, outs: Iterable[tuple[StockOut, str]]) -> Iterator[str]:
        """`ENF Kola 9j, Tene 3j`: by product, the longest out first."""
        found: dict[str, list[str]] = {}
        for one, since in outs:
            found.setdefault(one.code, []).append(f"{self._name(one.site_id)}{since}")
        for code in self.codes:
            if code in found:
                yield f"{code} {', '.join(found[code])}"

    def _low(self) -> Iterator[str]:
        """Products below a month of stock, less those that are out: they stand above.

        Site by site; in an area of several facilities the number of sites of each.
        """
        catalogue = self.around.context.catalogue
        rules, known = catalogue.programme.stock, products(catalogue)
        held = self.around.shelves([one.id for one in self.sites])
        for code in self.codes:
            places: Counter[str] = Counter()
            for site in self.sites:
                holding = held[site.id].holding(code, known[code], rules.use_months)
                found = None if holding is None else level(holding, rules)
                told = found is StockLevel.OUT and held[site.id].out(code) is not None
                if found in SHORT and not told:
                    places[self._place_of(site)] += 1
            if places:
                yield f"{code} {', '.join(self._counted(places))}"

    def _place_of(self, site: Unit) -> str:
        above = self.around.facility(site.id) if self.wide else None
        return site.name if above is None else above.name

    def _counted(self, places: Counter[str]) -> list[str]:
        return [f"{name} {number}" if self.wide else name for name, number in places.items()]

    def _name(self, site_id: int) -> str:
        return place(self.around, site_id, wide=self.wide)

    def _say(self, key: str, **values: str) -> str:
        return say(self.around.context.catalogue, self.post.language, key, brief=False, **values)


def _month(uow: UnitOfWork, understood: Understood) -> Period | Problem | None:
    """The month named, for as far back as a supervisor may report; None when none was."""
    if understood.problems:
        return understood.problems[0]
    if understood.month is None:
        return None
    programme = uow.context.catalogue.programme
    today = understood.message.sent_at.astimezone(uow.context.timezone).date()
    programme = replace(programme, months_back=programme.months_back_for_supervisors)
    found = which_month(understood.month, today, programme)
    if isinstance(found, Problem) and found.key == "month_not_open":
        return period_of(today)
    return found


def _decimal(number: Fraction) -> str:
    return f"{float(number):g}".replace(".", ",")
