"""End a child process with its parent, even when the parent is killed.

`die_with_parent()` is for a child that is Python; any other program is started by this module:
`python -m gateway.process_group PARENT_PID PROGRAM ARGUMENT…` asks the kernel for the signal, then
becomes PROGRAM under the same process id.

Source: Linux prctl(2), PR_SET_PDEATHSIG. The kernel keeps the setting over execve (unless the
program is set-user-ID) and sends the signal when the THREAD that made the child ends, so start
such children from a thread that lives as long as they should. On other systems than Linux nothing
is set: there a killed parent leaves its children running.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to send this process SIGTERM when its parent ends; a no-op except on Linux.

    `parent` is the process id of the parent as the parent itself knew it; without it, that of the
    current parent.

    Raises SystemExit when the parent is gone already (the kernel then has nothing left to watch),
    OSError when the kernel refuses.
    """
    if sys.platform != "linux":
        return
    expected = os.getppid() if parent is None else parent
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl(PR_SET_PDEATHSIG): {os.strerror(number)}")
    # A parent that died before the prctl sends no signal: this process then has a new parent.
    if os.getppid() != expected:
        raise SystemExit("the parent of this process is gone, so it ends too")


def command(program: Sequence[str]) -> list[str]:
    """Return the command line that runs `program` as a child ending with the calling process."""
    return [sys.executable, "-m", "gateway.process_group", str(os.getpid()), *program]


def main(arguments: Sequence[str]) -> None:
    """Become `arguments[1:]`, tied to the parent `arguments[0]`. Does not return."""
    if len(arguments) < 2 or not arguments[0].isdecimal():
        raise SystemExit("usage: python -m gateway.process_group PARENT_PID PROGRAM [ARGUMENT …]")
    die_with_parent(int(arguments[0]))
    os.execvp(arguments[1], list(arguments[1:]))  # noqa: S606 - the caller names the program


if __name__ == "__main__":
    main(sys.argv[1:])
