"""The line between a phone of this machine and a running gateway: addresses, and the token."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.config import Settings, SettingsFault, load

DEMO_SETTINGS: Final = Path("var/demo.env")


class NoLine(Exception):
    """The phone cannot be used; the message says in words what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where the gateway is, and the sandbox operator; without one, replies cannot be seen."""

    gateway: str
    token: str
    operator: str | None

    @property
    def webhooks(self) -> str:
        return f"{self.gateway}/at/{self.token}"


def find_line(settings: Settings, demo: Path = DEMO_SETTINGS) -> Line:
    """The line of a gateway on this machine.

    Port and token belong together: both come from `settings` (the environment) when it has a
    token, else from the file that the demo keeps. So does the operator's address, which may
    also come from the file alone. Raises NoLine.
    """
    kept = _demo_settings(demo)
    source = settings if settings.webhook_tokens else kept
    if source is None or not source.webhook_tokens:
        raise NoLine(
            f"Pas de passerelle connue : lancez d'abord `make run`, ou donnez PORT et "
            f"WEBHOOK_TOKENS (no gateway known: neither WEBHOOK_TOKENS nor {demo})."
        )
    return Line(
        gateway=f"http://127.0.0.1:{source.port}",
        token=source.webhook_tokens[0],
        operator=settings.at_api_url or (kept.at_api_url if kept else None),
    )


def _demo_settings(path: Path) -> Settings | None:
    """The settings that the demo keeps, as KEY=VALUE lines; None when there is no such file."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise NoLine(f"{path} : illisible (cannot be read: {type(error).__name__})") from None
    rows = (row.partition("=") for row in text.splitlines() if not row.lstrip().startswith("#"))
    try:
        return load({name.strip(): value.strip().strip("'\"") for name, _, value in rows})
    except SettingsFault as fault:
        raise NoLine(f"{path} : {fault}") from None
