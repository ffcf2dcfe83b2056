"""The pause after failures: doubling, capped, with up to a quarter of jitter."""

from datetime import UTC, datetime

import pytest

from gateway.model.backoff import next_try, pause

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "asked", "ours", "seconds"),
    [
        (1, None, False, 5),
        (2, None, False, 10),
        (5, None, False, 80),
        (6, None, False, 120),
        (5000, None, False, 120),
        (1, 60.0, False, 60),
        (3, 1.0, False, 20),
        (1, 3600.0, False, 120),
        (1, None, True, 120),
    ],
)
def test_a_pause_grows_up_to_two_minutes(
    failures: int, asked: float | None, ours: bool, seconds: int
) -> None:
    for _ in range(50):
        found = pause(failures, asked, ours=ours).total_seconds()
        assert seconds <= found <= 1.25 * seconds


def test_pauses_differ() -> None:
    assert len({pause(1) for _ in range(50)}) > 40


def test_the_next_try_follows_the_pause() -> None:
    assert 5 <= (next_try(NOW, 1) - NOW).total_seconds() <= 6.25
    assert 60 <= (next_try(NOW, 1, 60.0) - NOW).total_seconds() <= 75
