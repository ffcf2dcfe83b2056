"""Where a phone on this machine finds a running gateway: addresses, and the token."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.config import Settings, SettingsFault, load

DEMO_SETTINGS: Final = Path("var/demo.env")


class NoGateway(Exception):
    """Raised when the phone reaches no gateway, or no operator; the message says what to do."""


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """The addresses of a gateway and of its operator; None if replies cannot be seen."""

    gateway: str
    token: str
    operator: str | None

    @property
    def webhooks(self) -> str:
        """The base URL of the gateway's webhooks."""
        return f"{self.gateway}/at/{self.token}"


def find_gateway(settings: Settings, demo: Path = DEMO_SETTINGS) -> GatewayAddress:
    """Return the address of a gateway on this machine.

    Port and token belong together: both come from `settings` (the environment) when it has a
    token, else from the file that the demo keeps. So does the operator's address, which may
    also come from the file alone. Raises NoGateway.
    """
    kept = _demo_settings(demo)
    source = settings if settings.webhook_tokens else kept
    if source is None or not source.webhook_tokens:
        raise NoGateway(
            f"Pas de passerelle connue : lancez d'abord `make run`, ou donnez PORT et "
            f"WEBHOOK_TOKENS (no gateway known: neither WEBHOOK_TOKENS nor {demo})."
        )
    return GatewayAddress(
        gateway=f"http://127.0.0.1:{source.port}",
        token=source.webhook_tokens[0],
        operator=settings.at_api_url or (kept.at_api_url if kept else None),
    )


def _demo_settings(path: Path) -> Settings | None:
    """Return the settings that the demo keeps, as KEY=VALUE lines; None without such a file."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise NoGateway(f"{path} : illisible (cannot be read: {type(error).__name__})") from None
    rows = (row.partition("=") for row in text.splitlines() if not row.lstrip().startswith("#"))
    try:
        return load({name.strip(): value.strip().strip("'\"") for name, _, value in rows})
    except SettingsFault as fault:
        raise NoGateway(f"{path} : {fault}") from None
