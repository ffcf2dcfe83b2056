"""Tests of the operator's reading of an answer to a hop: a screen, or the operator's refusal."""

import pytest
import requests

from gateway.sandbox.operator_screen import LABEL, BadAnswer, read_screen


def answer(body: str | bytes, status: int = 200, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body.encode() if isinstance(body, str) else body
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


@pytest.mark.parametrize(
    ("body", "more", "text"), [("CON Mois ?", True, "Mois ?"), ("END Merci", False, "Merci")]
)
def test_a_screen(body: str, more: bool, text: str) -> None:
    screen = read_screen(answer(body, **{LABEL.replace("-", "_"): "month"}))
    assert (screen.more, screen.text, screen.label, list(screen.faults)) == (
        more, text, "month", [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [(" CON x", 200), ("\ufeffCON x", 200), ("Con x", 200), ("", 200), ("CON x", 500)],
)
def test_an_answer_that_the_operator_cannot_show(body: str, status: int) -> None:
    with pytest.raises(BadAnswer):
        read_screen(answer(body, status))


def test_what_a_phone_would_spoil() -> None:
    assert len(read_screen(answer(f"CON {'x' * 161}")).faults) == 1
    assert read_screen(answer(f"CON {'x' * 160}")).faults == read_screen(answer("CON x")).faults
