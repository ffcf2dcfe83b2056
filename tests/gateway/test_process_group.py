"""A child ends with its parent, however the parent ends."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import process_group

# The parent starts a child that would live for a minute, tells its process id, and waits.
PARENT = """
import subprocess, sys
from gateway import process_group
sleep = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
child = subprocess.Popen(process_group.command(sleep), stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")


def ended(watch: int) -> bool:
    """Whether the process behind this pidfd ends within ten seconds."""
    ready, _, _ = select.select([watch], [], [], 10)
    return bool(ready)


@linux_only
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_ends_with_its_parent(end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        watch = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(end)
        try:
            assert ended(watch)
        finally:
            os.close(watch)


@linux_only
def test_a_child_whose_parent_is_gone_already_does_not_begin(tmp_path: Path) -> None:
    footprint = tmp_path / "footprint"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    done = subprocess.run(
        [sys.executable, "-m", "gateway.process_group", str(gone.pid), "touch", str(footprint)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, footprint.exists()) == (1, False)
    assert "parent of this process is gone" in done.stderr


def test_the_program_keeps_its_arguments_and_its_exit_code() -> None:
    program = [sys.executable, "-c", "import sys; print(sys.argv[1:]); sys.exit(7)", "a b", ""]
    done = subprocess.run(
        process_group.command(program), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (7, "['a b', '']\n")


@pytest.mark.parametrize("arguments", [[], ["12"], ["not-a-pid", "true"]])
def test_wrong_usage_is_said_in_words(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="usage: python -m"):
        process_group.main(arguments)
