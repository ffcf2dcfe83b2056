"""Tests of what worker and clock do first: settings in words, and a stop on a signal."""

import os
import signal
from pathlib import Path

import pytest

from workers import __main__ as worker
from workers import clock
from workers.startup import load_settings, stop_event


def test_settings_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    found = load_settings()
    assert found is not None
    assert found.log_level == "ERROR"


@pytest.mark.parametrize("main", [worker.main, clock.main])
def test_faults_are_told_and_the_process_ends_with_1(
    main: object,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("KIBARU_CATALOGUE", str(tmp_path))
    assert callable(main)
    assert main([]) == 1
    assert "programme.toml" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_the_event(number: signal.Signals) -> None:
    stop = stop_event()
    assert not stop.is_set()
    os.kill(os.getpid(), number)
    assert stop.wait(5)
