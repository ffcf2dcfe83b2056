"""UIDs derived from codes: always the same, and of the form that DHIS2 takes."""

import pytest

from gateway.model.uids import is_uid, uid


def test_a_uid_depends_on_kind_and_code_alone() -> None:
    assert uid("dataElement", "VUS") == "uIgTOAfxgIi"
    assert uid("dataSet", "VUS") == "qtd14K8ZohK"


@pytest.mark.parametrize("code", ["", "VUS", "é", "KOLA/2026-11-02/4721"])
def test_every_uid_is_one_that_dhis2_takes(code: str) -> None:
    assert is_uid(uid("event", code))


def test_uids_do_not_meet() -> None:
    codes = [str(number) for number in range(5000)]
    assert len({uid(kind, code) for kind in ("dataSet", "event") for code in codes}) == 10_000


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("aBcDeFgHiJ1", True),
        ("1BcDeFgHiJk", False),
        ("aBcDeFgHiJ", False),
        ("aBcDeFgHiJ12", False),
        ("aBcDeFgHiJ-", False),
        ("éBcDeFgHiJ1", False),
        ("", False),
    ],
)
def test_what_dhis2_takes_for_a_uid(text: str, taken: bool) -> None:
    assert is_uid(text) is taken
