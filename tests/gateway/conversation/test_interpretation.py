"""What a message means: its post, its site, its month, and whether its sender may send it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.context import Context
from gateway.conversation.interpretation import understand
from gateway.conversation.message import Known, Understood
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from gateway.storage.inbox import Message
from gateway.storage.roster import Post, Unit
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.model.reading import Filled
from menus.reading.parser import read
from tests.gateway.harness import AWA, BAMAKO, NANA, NOON, Harness

SITE = Post(1, AWA, 11, "KOLA", "Kola", "Awa", "asc", "fr")
OTHER_SITE = Post(2, AWA, 12, "TENE", "Tene", "Awa", "asc", "fr")
CENTRE = Post(3, AWA, 13, "KANI", "Kani", "Nana", "dtc", "bm")
AREA = (
    Unit(11, "KOLA", "Kola", "site", 13, None),
    Unit(12, "TENE", "Tene", "site", 13, None),
    Unit(14, "TENENI", "Teneni", "site", 13, None),
)
OCTOBER = Period(2026, 10)


def heard(
    catalogue: Catalogue,
    text: str,
    *posts: Post,
    sent: datetime = NOON,
    timezone: ZoneInfo = BAMAKO,
    conversation: Conversation | None = None,
) -> Understood:
    message = Message(5, AWA, text, "hash", sent, sent, 0)
    known = Known(posts, conversation, AREA)
    return understand(message, read(text, catalogue), known, Context(catalogue, timezone))


def keys(understood: Understood) -> list[str]:
    return [problem.key for problem in understood.problems]


def test_a_report_of_an_agent(catalogue: Catalogue) -> None:
    understood = heard(catalogue, "PEC 10 VUS 45 FIE 38", SITE)
    assert understood.post == SITE
    assert understood.period == OCTOBER
    assert understood.fillings == (Filled("PEC", {"VUS": 45, "FIE": 38}),)
    assert understood.problems == ()


def test_a_strangers_text_is_not_read(catalogue: Catalogue) -> None:
    understood = heard(catalogue, "PEC 10 VUS 45")
    assert (understood.post, understood.fillings, understood.problems) == (None, (), ())


@pytest.mark.parametrize(
    ("posts", "post", "problems"),
    [
        ((SITE,), SITE, []),
        ((CENTRE, SITE), SITE, []),
        ((CENTRE,), CENTRE, ["site_needed"]),
        ((SITE, OTHER_SITE), SITE, ["site_unclear"]),
    ],
    ids=["one site", "a centre and a site", "a centre alone", "two sites"],
)
def test_at_which_site(
    catalogue: Catalogue, posts: tuple[Post, ...], post: Post, problems: list[str]
) -> None:
    understood = heard(catalogue, "PEC 10 VUS 45", *posts)
    assert understood.post == post
    assert keys(understood) == problems
    assert bool(understood.fillings) == (not problems)


@pytest.mark.parametrize(
    ("text", "sent", "period", "problems"),
    [
        ("PEC VUS 45", datetime(2026, 11, 20, 23, 59, tzinfo=UTC), OCTOBER, []),
        ("PEC VUS 45", datetime(2026, 11, 21, 0, 0, tzinfo=UTC), None, ["month_absent"]),
        ("PEC 09 VUS 45", NOON, Period(2026, 9), []),
        ("PEC 08 VUS 45", NOON, None, ["month_closed"]),
        ("PEC 11 VUS 45", NOON, None, ["month_not_open"]),
        ("PEC 11 VUS 45", datetime(2026, 11, 25, 6, tzinfo=UTC), Period(2026, 11), []),
        ("PEC 1226 VUS 45", NOON, None, ["month_future"]),
        ("PEC 12 VUS 45", datetime(2027, 1, 2, tzinfo=UTC), Period(2026, 12), []),
    ],
)
def test_which_month(
    catalogue: Catalogue, text: str, sent: datetime, period: Period | None, problems: list[str]
) -> None:
    understood = heard(catalogue, text, SITE, sent=sent)
    assert (understood.period, keys(understood)) == (period, problems)
    assert bool(understood.fillings) == (period is not None)


def test_the_month_is_that_of_the_programmes_calendar(catalogue: Catalogue) -> None:
    sent = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    far = heard(catalogue, "PEC VUS 45", SITE, sent=sent, timezone=ZoneInfo("Asia/Kathmandu"))
    assert keys(far) == ["month_absent"]


@pytest.mark.parametrize(
    ("text", "posts", "command", "problems"),
    [
        ("ETAT", (SITE,), "ETAT", []),
        ("MANQ", (SITE,), "", ["not_for_you"]),
        ("MANQ", (CENTRE,), "MANQ", []),
        ("MANQ", (SITE, CENTRE), "MANQ", []),
        ("POUR KOLA PEC 10 VUS 45", (SITE,), "", ["not_for_you"]),
    ],
)
def test_commands(
    catalogue: Catalogue, text: str, posts: tuple[Post, ...], command: str, problems: list[str]
) -> None:
    understood = heard(catalogue, text, *posts)
    assert (understood.command, keys(understood)) == (command, problems)
    assert understood.fillings == ()


@pytest.mark.parametrize(
    ("text", "site", "problems"),
    [
        ("POUR TENE PEC 10 VUS 45", 12, []),
        ("POUR KOLLA PEC 10 VUS 45", 11, []),
        ("POUR TENEN PEC 10 VUS 45", None, ["site_several"]),
        ("POUR BADALA PEC 10 VUS 45", None, ["site_unknown"]),
    ],
)
def test_for_which_site(
    catalogue: Catalogue, text: str, site: int | None, problems: list[str]
) -> None:
    understood = heard(catalogue, text, SITE, CENTRE)
    assert understood.post == CENTRE
    assert (understood.site.id if understood.site else None, keys(understood)) == (site, problems)


@pytest.mark.parametrize(
    ("text", "day", "period"),
    [
        ("VUS 45", 4, Period(2026, 9)),
        ("COR VUS 45", 4, Period(2026, 9)),
        ("PEC VUS 45", 4, OCTOBER),
        ("PEC VUS 45", 22, Period(2026, 9)),
        ("DEP 45", 4, OCTOBER),
        ("PEC 08 VUS 45", 22, None),
    ],
)
def test_an_answer_goes_where_the_last_message_went(
    catalogue: Catalogue, text: str, day: int, period: Period | None
) -> None:
    sent = datetime(2026, 11, day, 12, tzinfo=UTC)
    before = Conversation(1, sent, touched=((11, "PEC", "202609"),))
    assert heard(catalogue, text, SITE, sent=sent, conversation=before).period == period


TORN = "9 AMX 9 DIA 11 SRZ 10"
NO_CODE = "number_without_code"


@pytest.mark.parametrize(
    ("text", "sent", "touched", "outcome"),
    [
        (TORN, NOON, "", (None, ["month_unclear", NO_CODE])),
        (TORN, NOON, "202610", (OCTOBER, [NO_CODE])),
        (TORN, NOON, "202609", (Period(2026, 9), [])),
        (TORN, NOON + QUESTION_LIFETIME, "202610", (None, ["month_unclear", NO_CODE])),
        (TORN, datetime(2026, 11, 28, tzinfo=UTC), "", (None, ["month_absent", NO_CODE])),
        ("10 AMX 9 DIA 11", NOON, "", (OCTOBER, [])),
        ("10 AMX 9 DIA 11", NOON, "202609", (Period(2026, 9), [NO_CODE])),
        ("2 AMX 9 DIA 11", NOON, "202610", (OCTOBER, [NO_CODE])),
        (
            "11 AMX 9 DIA 11",
            datetime(2026, 11, 28, tzinfo=UTC),
            "",
            (None, ["month_absent", NO_CODE]),
        ),
        ("0 AMX 9 DIA 11", NOON, "202610", (OCTOBER, [NO_CODE])),
        ("0 AMX 9 DIA 11", NOON, "", (None, ["month_unclear", NO_CODE])),
        ("09 AMX 9 DIA 11", NOON, "202610", (Period(2026, 9), [])),
        ("COR 9 AMX 9", NOON, "202610", (Period(2026, 9), [])),
        ("9 AMX 9 NUT DEP 3", NOON, "", (None, ["month_unclear", NO_CODE])),
    ],
)
def test_a_stray_number_opens_no_other_month(
    catalogue: Catalogue,
    text: str,
    sent: datetime,
    touched: str,
    outcome: tuple[Period | None, list[str]],
) -> None:
    asked_at = NOON - timedelta(minutes=1)
    before = Conversation(1, asked_at, touched=((11, "PEC", touched),)) if touched else None
    understood = heard(catalogue, text, SITE, sent=sent, conversation=before)
    assert (understood.period, keys(understood)) == outcome
    assert bool(understood.fillings) == (outcome[0] is not None)


@pytest.mark.parametrize("text", ["", "Bonjour", "\U0001f600", "PEC"])
def test_a_message_without_numbers_fills_nothing(catalogue: Catalogue, text: str) -> None:
    understood = heard(catalogue, text, SITE)
    assert (understood.fillings, understood.post) == ((), SITE)


def test_what_is_wrong_goes_with_what_is_right(catalogue: Catalogue) -> None:
    understood = heard(catalogue, "PEC 10 VUS 45 XYZQ 12", SITE)
    assert understood.fillings == (Filled("PEC", {"VUS": 45}),)
    assert len(understood.problems) == 1
    assert understood.problems[0].key.startswith("unknown_code")


def test_a_telephone_number_is_dropped_and_told(catalogue: Catalogue) -> None:
    understood = heard(catalogue, "PEC 10 VUS 45 Awa +22370000001", SITE)
    assert understood.personal
    assert understood.fillings == (Filled("PEC", {"VUS": 45}),)


# --- As the sender sees it

FOR_WHOM = "Envoyez POUR, le site, puis le rapport."


@pytest.mark.parametrize(
    ("text", "phone", "answer"),
    [
        (
            "POUR LONE PEC 10 VUS 50",
            NANA,
            f"Site pas trouve dans votre zone, rien n'est note. {FOR_WHOM}",
        ),
        ("PEC 10 VUS 50", NANA, f"Pour quel site? Rien n'est note. {FOR_WHOM}"),
        ("POUR KOLA PEC 10 VUS 50", AWA, "POUR n'est pas pour vous. Rien n'est change."),
        ("VAL KOLA 10", AWA, "VAL n'est pas pour vous. Rien n'est change."),
    ],
)
def test_who_may_not_say_what(harness: Harness, text: str, phone: str, answer: str) -> None:
    assert harness.told(text, phone) == answer
    assert harness.versions() == []


def test_a_supervisor_reports_for_a_site_of_the_area(harness: Harness) -> None:
    assert harness.told("POUR TENE PEC 10 VUS 50 FIE 42", NANA) == (
        "Tene: PEC oct INCOMPLET. No 2BA7. Vus50 Fievre42. Manque PEC TDR POS CTA GRV ART IRA AMX "
        "DIA SRZ RFS DCD. Retard. Le reste est garde."
    )
    assert harness.report("TENE").values == {"VUS": 50, "FIE": 42}
    (version,) = harness.versions()
    assert version.post_id is not None


def test_a_misspelt_site_is_found(harness: Harness) -> None:
    harness.told("POUR SIRAKRO PEC 10 VUS 50", NANA)
    assert harness.report("SIRAKORO").values == {"VUS": 50}


def test_a_supervisor_goes_further_back(harness: Harness) -> None:
    assert harness.told("PEC 0326 VUS 50") == (
        "Ce mois est ferme. Rien n'est note. Voyez le DTC de votre centre."
    )
    harness.told("POUR TENE PEC 0326 VUS 50", NANA)
    assert harness.report("TENE", period="202603").values == {"VUS": 50}
