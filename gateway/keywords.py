"""Which function obeys which keyword: the everyday ones, and what supervisors ask and do."""

from collections.abc import Mapping
from typing import Final

from gateway import commands, numbers
from gateway.commands import Command
from gateway.supervision import questions, supervising

TABLE: Final[Mapping[str, Command]] = {
    **commands.TABLE,
    "ETAT": questions.state,
    "MANQ": questions.missing_reports,
    "SUIVI": questions.open_referrals,
    "RELANCE": supervising.remind,
    "VAL": supervising.validate,
    "NUMERO": numbers.ask,
}
