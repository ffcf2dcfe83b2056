"""The reports that a message will likely touch are guessed from what was typed and asked."""

import pytest

from gateway.context import Context
from gateway.conversation.likely_reports import likely_reports
from gateway.conversation.message import Known
from gateway.model.report import Key
from gateway.storage.conversations import Asked, Conversation
from gateway.storage.inbox import Message
from gateway.storage.roster import Post, Unit
from menus.model.catalogue import Catalogue
from menus.reading.parser import read
from tests.gateway.harness import AWA, BAMAKO, NOON, OCTOBER

KOLA = Post(1, AWA, 11, "KOLA", "Kola", "Awa", "asc", "fr")
OTHER = Post(2, AWA, 12, "TENE", "Tene", "Awa", "asc", "fr")
CENTRE = Post(3, AWA, 13, "KANI", "Kani", "Nana", "dtc", "fr")
AREA = (
    Unit(12, "TENE", "Tene", "site", 13, None),
    Unit(14, "SIRAKORO", "Sirakoro", "site", 13, None),
)
ASKED = Conversation(
    1,
    NOON,
    asked=(Asked((11, "PEC", "202609"), ("VUS",)),),
    touched=((11, "PEC", "202609"), (11, "NUT", OCTOBER)),
)


@pytest.mark.parametrize(
    ("text", "known", "likely"),
    [
        ("PEC 9 VUS 45", Known([KOLA]), {(11, "PEC", "202609")}),
        ("PEC VUS 45", Known([KOLA]), {(11, "PEC", OCTOBER)}),
        ("PEC 10 VUS 45 DEP 3", Known([KOLA]), {(11, "PEC", OCTOBER), (11, "NUT", OCTOBER)}),
        ("PEC 10 VUS 45", Known([KOLA, OTHER]), {(11, "PEC", OCTOBER), (12, "PEC", OCTOBER)}),
        ("NUT 10 RAS", Known([KOLA]), {(11, "NUT", OCTOBER)}),
        ("COR VUS 46", Known([KOLA], ASKED), {(11, "PEC", "202609"), (11, "PEC", OCTOBER)}),
        ("OUI", Known([KOLA], ASKED), {(11, "PEC", "202609")}),
        ("OUI", Known([KOLA]), set()),
        ("POUR TENE PEC 10 VUS 45", Known([CENTRE], area=AREA), {(12, "PEC", OCTOBER)}),
        ("PEC 10 VUS 45", Known([CENTRE], area=AREA), set()),
        ("PEC 12/26 VUS 45", Known([KOLA]), set()),
        ("Bonjour", Known([KOLA], ASKED), set()),
    ],
)
def test_which_reports_are_likely(
    catalogue: Catalogue, text: str, known: Known, likely: set[Key]
) -> None:
    message = Message(5, AWA, text, "hash", NOON, NOON, 0)
    context = Context(catalogue, BAMAKO)
    assert likely_reports(message, read(text, catalogue), known, context) == likely
