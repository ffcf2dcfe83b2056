"""The npm package `ussd-menu-builder` as a process, where Node and npm are there to bring it."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

PACKAGES: Final = ("ussd-menu-builder@1.2.0", "redis@6")
PROGRAM: Final = Path(__file__).with_name("peer_ussd.js")
PATIENCE: Final = 180.0  # seconds for npm


class NoPeer(Exception):
    """The peer cannot be measured here; the message says why."""


def install(folder: Path) -> Path:
    """The program with its packages around it, in a folder of its own. Raises NoPeer."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoPeer("node and npm are not there")
    here = folder / "peer"
    here.mkdir(exist_ok=True)
    shutil.copy(PROGRAM, here)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
    try:
        done = subprocess.run(command, cwd=here, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as late:
        raise NoPeer(f"npm brought nothing within {PATIENCE:.0f} s") from late
    if done.returncode:
        raise NoPeer(f"npm could not bring {' and '.join(PACKAGES)}")
    return here / PROGRAM.name
