"""Which function handles which keyword. A keyword that is missing here answers `not_yet`."""

from collections.abc import Mapping
from typing import Final

from gateway.commands import (
    confirm,
    counter_referral,
    general,
    number_change,
    paging,
    referral,
    stock_agent,
    stock_supervisor,
    supervisor_actions,
    supervisor_queries,
    undo,
)
from gateway.commands.common import Command

HANDLERS: Final[Mapping[str, Command]] = {
    "OUI": confirm.confirm,
    "NON": confirm.refuse,
    "ANNULE": undo.ask_to_undo,
    "RAS": general.zero,
    "AIDE": general.help_on,
    "LANGUE": general.set_language,
    "ETAT": supervisor_queries.state,
    "SUITE": paging.more,
    "RCU": stock_agent.receive,
    "RUPT": stock_agent.out_of_stock,
    "COMMANDE": stock_supervisor.what_to_bring,
    "REF": referral.register,
    "CRF": counter_referral.answer,
    "PARTI": counter_referral.step_of_agent,
    "REFUS": counter_referral.step_of_agent,
    "FAIT": counter_referral.step_of_agent,
    "MANQ": supervisor_queries.missing_reports,
    "SUIVI": supervisor_queries.open_referrals,
    "RELANCE": supervisor_actions.remind,
    "VAL": supervisor_actions.validate,
    "NUMERO": number_change.ask,
}
