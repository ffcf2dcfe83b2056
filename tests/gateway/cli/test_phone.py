"""Tests of `kibaru phone` as a command: its exit codes, and its words about a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.cli.conftest import Kibaru
from tests.gateway.sandbox.canned_gateway import PHONE, TOKEN, Phone, demo

WALK = "> *384*1#\n< Mois ? 1 Oct\n> 1\n< ...\n> 12\n< Merci\n"


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """Yield the settings of a gateway with a few canned answers."""
    with demo() as phone:
        yield _environ(phone)


def _environ(phone: Phone) -> dict[str, str]:
    port = phone.address.gateway.rpartition(":")[2]
    return {"PORT": port, "WEBHOOK_TOKENS": TOKEN, "AT_API_URL": str(phone.address.operator)}


def script(folder: Path, text: str | bytes) -> str:
    path = folder / "walk.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_walk_as_written_is_0(kibaru: Kibaru, tmp_path: Path, environ: dict[str, str]) -> None:
    done = kibaru("phone", PHONE, "--script", script(tmp_path, WALK), **environ)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-2:] == ["| Merci", "3 answers as expected"]


def test_a_script_may_name_the_number(
    kibaru: Kibaru, tmp_path: Path, environ: dict[str, str]
) -> None:
    file = script(tmp_path, f"# Awa\nphone {PHONE}\n{WALK}")
    assert kibaru("phone", "--script", file, **environ).code == 0


def test_a_difference_is_1(kibaru: Kibaru, tmp_path: Path, environ: dict[str, str]) -> None:
    file = script(tmp_path, WALK.replace("Merci", "Pardon"))
    done = kibaru("phone", PHONE, "--script", file, **environ)
    assert done.code == 1
    assert "line 5: not as expected\n  expected: Pardon\n  got:      Merci" in done.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("> 1\nhang up", "walk.txt, line 2: `hang` is no step"),
        (b"> \xff", "walk.txt: not in UTF-8"),
    ],
)
def test_a_malformed_script_is_2(
    kibaru: Kibaru, tmp_path: Path, text: str | bytes, words: str
) -> None:
    done = kibaru("phone", PHONE, "--script", script(tmp_path, text))
    assert done.code == 2
    assert words in done.err


def test_without_a_number_it_is_wrong_usage(kibaru: Kibaru, tmp_path: Path) -> None:
    assert kibaru("phone").code == 2
    done = kibaru("phone", "--script", script(tmp_path, WALK))
    assert done.code == 2
    assert "NUMBER" in done.err
    assert kibaru("phone", PHONE, "--script", str(tmp_path / "none.txt")).code == 2
