"""The settings, read from the environment only here; all faults are reported at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import menus

TOKEN_LENGTH = 22  # 22 URL-safe characters hold 128 bits
POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHIPPED_CATALOGUES = Path(menus.__file__).with_name("catalogues")


class SettingsFault(Exception):
    """One or more settings cannot be used; `faults` has a sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked settings; `dhis2_timeout` is in seconds. Their repr shows no secret."""

    database_url: str
    redis_url: str
    port: int
    webhook_tokens: tuple[str, ...]
    at_username: str | None
    at_api_key: str | None
    at_sender_id: str | None
    at_api_url: str | None
    dhis2_url: str | None
    dhis2_token: str | None
    dhis2_username: str | None
    dhis2_password: str | None
    dhis2_timeout: float
    catalogue: Path | None
    timezone: ZoneInfo
    log_level: str

    def __repr__(self) -> str:
        return f"Settings(port={self.port}, timezone={self.timezone.key})"

    @property
    def operator_known(self) -> bool:
        """Return whether the operator's credentials are set."""
        return self.at_username is not None and self.at_api_key is not None

    @property
    def dhis2_known(self) -> bool:
        """Return whether DHIS2's address and credentials are set."""
        return self.dhis2_url is not None and (
            self.dhis2_token is not None or self.dhis2_username is not None
        )


def load(environ: Mapping[str, str] | None = None, *, need_tokens: bool = False) -> Settings:
    """Load the settings of this process.

    `environ` is the process's environment unless a mapping is passed. With `need_tokens` (the web
    process) a missing WEBHOOK_TOKENS is a fault. An empty value counts as absent.

    Raises SettingsFault with every fault found.
    """
    given = os.environ if environ is None else environ
    raw = {name: value.strip() for name, value in given.items() if value.strip()}
    faults: list[str] = []
    settings = Settings(
        database_url=_database_url(raw, faults),
        redis_url=_url(raw, "REDIS_URL", ("redis", "rediss", "unix"), faults)
        or "redis://127.0.0.1:6379/0",
        port=_port(raw, faults),
        webhook_tokens=_tokens(raw, need_tokens, faults),
        at_username=raw.get("AT_USERNAME"),
        at_api_key=raw.get("AT_API_KEY"),
        at_sender_id=raw.get("AT_SENDER_ID"),
        at_api_url=_url(raw, "AT_API_URL", ("http", "https"), faults),
        dhis2_url=_dhis2_url(raw, faults),
        dhis2_token=raw.get("DHIS2_TOKEN"),
        dhis2_username=raw.get("DHIS2_USERNAME"),
        dhis2_password=raw.get("DHIS2_PASSWORD"),
        dhis2_timeout=_seconds(raw, "DHIS2_TIMEOUT", 60.0, faults),
        catalogue=_folder(raw, "KIBARU_CATALOGUE", faults),
        timezone=_timezone(raw, faults),
        log_level=_log_level(raw, faults),
    )
    _pairs(settings, faults)
    if faults:
        raise SettingsFault(faults)
    return settings


def _database_url(raw: Mapping[str, str], faults: list[str]) -> str:
    """Return the URL in SQLAlchemy's spelling; processes cannot share a database in memory."""
    url = raw.get("DATABASE_URL", "sqlite:///var/kibaru.db")
    scheme, _, rest = url.partition("://")
    if scheme in POSTGRESQL and _has_port_in_digits(rest):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and re.fullmatch("/[^?]+", rest) and rest != "/:memory:":
        return url
    faults.append(
        "DATABASE_URL: expected sqlite:///path/to/file or postgresql://user:password@host:port/name"
    )
    return ""


def _has_port_in_digits(rest: str) -> bool:
    """Check the part after the scheme; the password before the last @ may hold anything."""
    try:
        _ = urlsplit("//" + rest.rpartition("@")[2]).port
    except ValueError:
        return False
    return bool(rest)


def _url(
    raw: Mapping[str, str], name: str, schemes: tuple[str, ...], faults: list[str]
) -> str | None:
    url = raw.get(name)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        place = parts.hostname if "http" in schemes else parts.netloc or parts.path
        usable = parts.scheme in schemes and "://" in url and bool(place)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        faults.append(f"{name}: expected a URL that begins with {' or '.join(schemes)}://")
    return url.rstrip("/") if "http" in schemes else url


def _dhis2_url(raw: Mapping[str, str], faults: list[str]) -> str | None:
    url = _url(raw, "DHIS2_URL", ("http", "https"), faults)
    if url is not None and re.search(r"/api(/|$)", url):
        faults.append("DHIS2_URL: give the base address without /api")
    return url


def _port(raw: Mapping[str, str], faults: list[str]) -> int:
    text = raw.get("PORT", "8000")
    if re.fullmatch("[0-9]{1,5}", text) and 1 <= int(text) <= 65535:
        return int(text)
    faults.append(f"PORT: expected a number from 1 to 65535, got {text[:20]!r}")
    return 0


def _tokens(raw: Mapping[str, str], needed: bool, faults: list[str]) -> tuple[str, ...]:
    text = raw.get("WEBHOOK_TOKENS")
    if text is None:
        if needed:
            faults.append(
                "WEBHOOK_TOKENS: missing. Make a secret with "
                '`python -c "import secrets; print(secrets.token_urlsafe(24))"` and give it to '
                "the operator as part of the callback address"
            )
        return ()
    tokens = tuple(token.strip() for token in text.split(",") if token.strip())
    for number, token in enumerate(tokens, 1):
        if len(token) < TOKEN_LENGTH or not re.fullmatch(r"[A-Za-z0-9_-]+", token):
            faults.append(
                f"WEBHOOK_TOKENS: secret {number} of {len(tokens)} needs at least {TOKEN_LENGTH} "
                "characters from A-Z a-z 0-9 _ -"
            )
    if not tokens:
        faults.append("WEBHOOK_TOKENS: holds no secret")
    return tokens


def _seconds(raw: Mapping[str, str], name: str, default: float, faults: list[str]) -> float:
    text = raw.get(name)
    if text is None:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        faults.append(f"{name}: expected seconds, more than 0 and at most 3600, got {text[:20]!r}")
    return seconds


def _folder(raw: Mapping[str, str], name: str, faults: list[str]) -> Path | None:
    """Return a folder, given by its path or by the name of a shipped additional catalogue."""
    text = raw.get(name)
    if text is None:
        return None
    if (SHIPPED_CATALOGUES / text).is_dir():
        return SHIPPED_CATALOGUES / text
    if not Path(text).is_dir():
        faults.append(f"{name}: no folder at {text!r}")
    return Path(text)


def _timezone(raw: Mapping[str, str], faults: list[str]) -> ZoneInfo:
    name = raw.get("TIMEZONE", "Africa/Bamako")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(f"TIMEZONE: no time zone is called {name[:40]!r}, try Africa/Bamako")
        return ZoneInfo("UTC")


def _log_level(raw: Mapping[str, str], faults: list[str]) -> str:
    level = raw.get("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        faults.append(f"LOG_LEVEL: expected one of {', '.join(LOG_LEVELS)}, got {level[:20]!r}")
    return level


def _pairs(settings: Settings, faults: list[str]) -> None:
    """Note settings that are only valid together."""
    if (settings.at_username is None) != (settings.at_api_key is None):
        faults.append("AT_USERNAME and AT_API_KEY: one is set without the other")
    if (settings.dhis2_username is None) != (settings.dhis2_password is None):
        faults.append("DHIS2_USERNAME and DHIS2_PASSWORD: one is set without the other")
    if settings.dhis2_url is not None and not settings.dhis2_known:
        faults.append("DHIS2_URL: set DHIS2_TOKEN as well, or DHIS2_USERNAME and DHIS2_PASSWORD")
