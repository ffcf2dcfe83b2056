"""The clients of other servers, made from the settings."""

from gateway.config import Settings
from gateway.transports.dhis2 import Dhis2


def dhis2_client(settings: Settings) -> Dhis2 | None:
    """Return a client of DHIS2, for the caller to close; None if address or account is unset."""
    if not settings.dhis2_known or settings.dhis2_url is None:
        return None
    return Dhis2(
        settings.dhis2_url,
        token=settings.dhis2_token,
        username=settings.dhis2_username,
        password=settings.dhis2_password,
        timeout=settings.dhis2_timeout,
    )
