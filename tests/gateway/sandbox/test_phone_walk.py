"""Tests of `kibaru phone --script`: a walkthrough goes as written, or says where it differs."""

from collections.abc import Iterator

import pytest

from gateway.sandbox.gateway_address import GatewayAddress, NoGateway
from gateway.sandbox.phone_script import parse
from gateway.sandbox.phone_walk import play
from tests.gateway.sandbox.canned_gateway import AT, PHONE, TOKEN, Phone, closed_port, demo

OTHER = "+22370000002"

WALK = f"""\
# One dialogue to its END, an SMS, and a second phone.
> *384*1#
< Mois ?
< 1 Oct
> 1
< Combien ?
repeat
< Combien ?
> 12
< Merci
repeat
> PEC 10
< Recu: .. 10
< Merci
phone {OTHER}
> *384*1*1#
drop
> ETAT
< ...
"""


@pytest.fixture
def phone() -> Iterator[Phone]:
    with demo() as made:
        yield made


def walk(phone: Phone, script: str, address: GatewayAddress | None = None) -> int:
    return play(
        parse(script), phone=PHONE, out=phone.out, address=address or phone.address, clock=lambda: AT,
        wait=0.3, ticks=phone.gateway.ticks,
    )  # fmt: skip


def test_a_walk_that_goes_as_written(phone: Phone) -> None:
    assert walk(phone, WALK) == 0
    assert phone.shown == [
        "> *384*1#", "| Mois ?", "| 1 Oct", "? 1", "| Combien ?", "! repeat", "? 12", "| Merci",
        "! repeat", "> PEC 10", "< Recu: PEC 10", "  Merci",
        OTHER, "> *384*1*1#", "| Combien ?", "! drop", "> ETAT", "< Recu: ETAT", "  Merci",
        "6 answers as expected",
    ]  # fmt: skip
    hops = phone.gateway.named("ussd")
    assert [hop["text"] for hop in hops] == ["", "1", "1", "1*12", "1*12", "1"]
    assert [end["status"] for end in phone.gateway.named("ussd-events")] == [
        "Success",
        "Incomplete",
    ]


def test_last_month_is_filled_in(phone: Phone) -> None:
    assert walk(phone, "> PEC {month} VUS 45\n< Recu: PEC 10 VUS 45 ...") == 0


def test_the_first_difference_ends_it_readably(phone: Phone) -> None:
    assert walk(phone, "> *384*1#\n< Mois ?\n< 2 Nov\n> 1\n< Combien ?") == 1
    assert phone.shown[-3:] == [
        "! line 1: not as expected", "  expected: Mois ? 2 Nov", "  got:      Mois ? 1 Oct",
    ]  # fmt: skip
    (end,) = phone.gateway.named("ussd-events")
    assert end["status"] == "Incomplete"


def test_a_pause_is_played_without_waiting(phone: Phone) -> None:
    script = """\
> *384*1#
pause 29
> 1
< Combien ?
pause 31
< La ligne est tombée : 30 s sans touche.
pause 600
> ETAT
< Recu: ETAT ...
"""
    assert walk(phone, script) == 0
    (end,) = phone.gateway.named("ussd-events")
    assert (end["status"], end["durationInMillis"]) == ("Incomplete", "59000")


def test_a_line_that_should_have_dropped_and_did_not(phone: Phone) -> None:
    assert walk(phone, "> *384*1#\npause 29\n< ...") == 1
    assert phone.shown[-1] == "! line 2: nothing came back"


def test_an_sms_that_nobody_asked_for_is_waited_for(phone: Phone) -> None:
    phone.gateway.when_over = lambda: phone.gateway.operator.send(PHONE, "Recu. No 4M7K")
    assert walk(phone, "> *384*1*1*12#\nsms\n< Recu. No ..") == 0
    assert walk(phone, "sms") == 1
    assert phone.shown[-1] == "! line 1: no SMS came within 0.3 s"


def test_what_came_to_a_phone_while_another_was_used_is_kept(phone: Phone) -> None:
    phone.gateway.when_over = lambda: phone.gateway.operator.send(PHONE, "Alerte")
    script = f"phone {OTHER}\n> *384*1*1*12#\nphone {PHONE}\nsms\n< Alerte"
    assert walk(phone, script) == 0


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ("CON Quoi ?", "  got:      Quoi ?"),
        ("Quoi ?", "! line 2: Response should start with a CON or an END"),
    ],
)
def test_another_answer_to_the_same_hop_is_a_difference(
    phone: Phone, second: str, words: str
) -> None:
    class Forgetful(dict[str, str]):
        def __getitem__(self, text: str) -> str:
            screen = super().__getitem__(text)
            self[text] = second
            return screen

    phone.gateway.screens = Forgetful(phone.gateway.screens)
    assert walk(phone, "> *384*1#\nrepeat") == 1
    assert phone.shown[-1] == words


@pytest.mark.parametrize(
    ("screen", "words"),
    [
        ("Bonjour", "should start with a CON or an END"),
        ("CON " + "x" * 161, "161 septets"),
        ("END Été ɛ", "hors GSM-7"),
    ],
)
def test_a_screen_that_is_no_good_is_a_difference(phone: Phone, screen: str, words: str) -> None:
    phone.gateway.screens[""] = screen
    assert walk(phone, "> *384*1#") == 1
    assert words in phone.shown[-1]


def test_a_refused_sms_and_a_missing_reply_are_differences(phone: Phone) -> None:
    phone.gateway.replies = False
    assert walk(phone, "> PEC 10") == 1
    assert phone.shown[-1] == "! line 1: no SMS came within 0.3 s"
    phone.gateway.status = 503
    assert walk(phone, "> PEC 10") == 1
    assert "HTTP 503" in phone.shown[-1]


def test_repeat_needs_a_dialogue(phone: Phone) -> None:
    assert walk(phone, "repeat") == 1
    assert "nothing was dialled" in phone.shown[-1]


def test_without_an_operator_an_sms_cannot_be_seen(phone: Phone) -> None:
    assert walk(phone, "sms", GatewayAddress(phone.address.gateway, TOKEN, None)) == 1
    assert "AT_API_URL" in phone.shown[-1]


def test_where_nothing_answers_words_say_so(phone: Phone) -> None:
    address = GatewayAddress(closed_port(), TOKEN, phone.address.operator)
    with pytest.raises(NoGateway):
        walk(phone, "> *384*1#", address)
