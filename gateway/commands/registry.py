"""Which function obeys which keyword: the everyday ones, and what supervisors ask and do."""

from collections.abc import Mapping
from typing import Final

from gateway.commands import general, number_change, supervisor_actions, supervisor_queries
from gateway.commands.general import Command

TABLE: Final[Mapping[str, Command]] = {
    **general.TABLE,
    "ETAT": supervisor_queries.state,
    "MANQ": supervisor_queries.missing_reports,
    "SUIVI": supervisor_queries.open_referrals,
    "RELANCE": supervisor_actions.remind,
    "VAL": supervisor_actions.validate,
    "NUMERO": number_change.ask,
}
