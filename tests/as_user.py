"""`python as_user.py USER_ID PARENT_PID PROGRAM ARGUMENT…`: become PROGRAM as that user.

The program ends when its parent does. A file of its own, since it should start in no time.
"""

import os
import pwd
import sys
from collections.abc import Sequence

from gateway.process_group import die_with_parent


def main(arguments: Sequence[str]) -> None:
    """Change to the user (root only, where it is another), tie the knot, become the program."""
    uid, parent, *program = arguments
    if int(uid) != os.geteuid():
        user = pwd.getpwuid(int(uid))
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    # After the change of user, which makes the kernel forget whom to watch.
    die_with_parent(int(parent))
    os.chdir("/")  # the folder we stand in may be closed to that user
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
