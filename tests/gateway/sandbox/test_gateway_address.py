"""Tests of how a phone finds its gateway: by the environment first, then by the demo's file."""

from pathlib import Path

import pytest

from gateway.config import load
from gateway.sandbox.gateway_address import GatewayAddress, NoGateway, find_gateway
from tests.gateway.sandbox.canned_gateway import TOKEN

DEMO = f"""# settings of the demo
PORT=8123
WEBHOOK_TOKENS={TOKEN}
AT_API_URL='http://127.0.0.1:9101'
"""


@pytest.mark.parametrize(
    ("environ", "kept", "address"),
    [
        ({}, DEMO, GatewayAddress("http://127.0.0.1:8123", TOKEN, "http://127.0.0.1:9101")),
        (
            {"PORT": "8200", "WEBHOOK_TOKENS": "e" * 22},
            DEMO,
            GatewayAddress("http://127.0.0.1:8200", "e" * 22, "http://127.0.0.1:9101"),
        ),
        (
            {"WEBHOOK_TOKENS": "e" * 22 + "," + "f" * 22, "AT_API_URL": "http://127.0.0.1:9/"},
            None,
            GatewayAddress("http://127.0.0.1:8000", "e" * 22, "http://127.0.0.1:9"),
        ),
        (
            {"PORT": "8200"},
            DEMO,
            GatewayAddress("http://127.0.0.1:8123", TOKEN, "http://127.0.0.1:9101"),
        ),
    ],
)
def test_the_environment_comes_first_then_the_demo(
    tmp_path: Path, environ: dict[str, str], kept: str | None, address: GatewayAddress
) -> None:
    file = tmp_path / "demo.env"
    if kept is not None:
        file.write_text(kept, "utf-8")
    assert find_gateway(load(environ), file) == address


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (None, "make run"),
        (b"PORT=8123\n", "make run"),
        (b"PORT=many\nWEBHOOK_TOKENS=short\n", "PORT: expected a number"),
        (b"\xff\xfe", "UnicodeDecodeError"),
    ],
)
def test_without_a_token_words_say_what_to_do(
    tmp_path: Path, kept: bytes | None, words: str
) -> None:
    file = tmp_path / "demo.env"
    if kept is not None:
        file.write_bytes(kept)
    with pytest.raises(NoGateway, match=words):
        find_gateway(load({}), file)
