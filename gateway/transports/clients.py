"""The clients of the far sides, as the settings name them."""

from gateway.config import Settings
from gateway.transports.dhis2 import Dhis2


def dhis2_client(settings: Settings) -> Dhis2 | None:
    """DHIS2's client, to be closed by the caller; None while its address or account is unset."""
    if not settings.dhis2_known or settings.dhis2_url is None:
        return None
    return Dhis2(
        settings.dhis2_url,
        token=settings.dhis2_token,
        username=settings.dhis2_username,
        password=settings.dhis2_password,
        timeout=settings.dhis2_timeout,
    )
