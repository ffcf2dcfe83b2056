"""What follows from the meaning of a message: its reports, its language, its sender's units."""

from dataclasses import replace

from gateway.conversation.message import Known, Site, Understood
from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from menus.model.arguments import Place, ReceiptNumber
from menus.model.period import Period
from menus.model.reading import Filled
from tests.gateway.harness import AWA, NOON, OCTOBER

KOLA = Post(1, AWA, 11, "KOLA", "Kola", "Awa", "asc", "bm")
TENE = Post(2, AWA, 12, "TENE", "Tene", "Awa", "asc", "fr")
CENTRE = Post(3, AWA, 13, "KANI", "Kani", "Awa", "dtc", "fr")
MESSAGE = Message(5, AWA, "text", "hash", NOON, NOON, 0)
BY_AGENT = Understood(MESSAGE, KOLA, site=Site(11, "KOLA", "Kola"), posts=(KOLA,))


def test_a_sender_is_the_agent_at_each_own_site_or_at_the_one_named() -> None:
    known = Known([KOLA, CENTRE, TENE])
    assert known.own == [KOLA, TENE]
    assert replace(known, chosen=TENE).own == [TENE]
    assert Known().own == []


def test_the_language_is_that_of_the_post() -> None:
    assert BY_AGENT.language == "bm"
    assert Understood(MESSAGE, None).language == "fr"


def test_an_answer_names_its_site_where_it_could_be_another() -> None:
    assert not BY_AGENT.names_site
    assert replace(BY_AGENT, command="POUR").names_site
    assert replace(BY_AGENT, posts=(KOLA, TENE)).names_site
    assert not replace(BY_AGENT, posts=(KOLA, CENTRE)).names_site


def test_a_supervisor_is_who_writes_as_one() -> None:
    posts = (KOLA, CENTRE)
    assert [replace(BY_AGENT, post=post).by_supervisor for post in posts] == [False, True]
    assert not Understood(MESSAGE, None).by_supervisor
    assert replace(BY_AGENT, posts=posts).supervised_units == [13]


def test_the_reports_are_those_filled_or_else_named() -> None:
    both = replace(BY_AGENT, period=Period(2026, 10), forms_named=("PEC", "NUT"))
    assert both.keys == [(11, "PEC", OCTOBER), (11, "NUT", OCTOBER)]
    filled = replace(both, fillings=(Filled("SMI", {"VAD": 1}),))
    assert filled.keys == [(11, "SMI", OCTOBER)]
    assert replace(filled, period=None).keys == []
    assert replace(filled, site=None).keys == []


def test_arguments_of_another_kind_are_none() -> None:
    place = replace(BY_AGENT, arguments=Place(("KOLA",)))
    assert place.arguments_as(Place) == Place(("KOLA",))
    assert place.arguments_as(ReceiptNumber) == ReceiptNumber()
    assert BY_AGENT.arguments_as(Place) == Place()
