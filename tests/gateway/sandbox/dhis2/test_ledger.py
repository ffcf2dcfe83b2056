"""Tests of the record of requests: overlaps are found, history is in order, and it can be cleared."""

from gateway.sandbox.dhis2.ledger import Ledger, Overlap, Write

KEY, OTHER = ("set", "unit", "202610"), ("set", "unit", "202609")


def test_two_requests_on_one_key_overlap() -> None:
    ledger = Ledger()
    first, second = (ledger.start("basic", "POST", "/", 0.0) for _ in range(2))
    with ledger.writing(first, [KEY]), ledger.writing(second, [OTHER, KEY]):
        pass
    with ledger.writing(second, [KEY]):
        pass
    assert ledger.overlaps == [Overlap(KEY, 1, 2)]
    assert second.keys == (KEY,)


def test_history_and_clearing() -> None:
    ledger = Ledger()
    request = ledger.start("token", "POST", "/", 1.5)
    for old, new in ((None, "1"), ("1", None)):
        ledger.writes.append(
            Write(request, "set", ("unit", "202610"), ("element", "c", "a"), old, new)
        )
    assert ledger.history("element", "202610", "unit") == ["1", None]
    assert ledger.history("other", "202610", "unit") == []
    shown = ledger.as_json(1)
    assert shown["totals"] == {"requests": 1, "writes": 2}
    assert [row["new"] for row in shown["writes"]] == [None]
    ledger.clear()
    assert ledger.as_json(1)["totals"] == {"requests": 0, "writes": 0}
