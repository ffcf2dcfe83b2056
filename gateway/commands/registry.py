"""Map each keyword of `menus/catalogue/keywords.toml` to the function that handles it."""

from collections.abc import Mapping
from typing import Final

from gateway.commands import (
    confirm,
    counter_referral,
    general,
    number_change,
    paging,
    referral,
    status,
    stock_agent,
    stock_supervisor,
    supervisor_actions,
    supervisor_queries,
    undo,
)
from gateway.commands.common import Handler, Handlers, by_anybody
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.reports.unit_of_work import UnitOfWork
from menus.model.cross_check import Level
from menus.model.problem import Problem

HANDLERS: Final[Mapping[str, Handlers]] = {
    "OUI": by_anybody(confirm.confirm),
    "NON": by_anybody(confirm.refuse),
    "ANNULE": by_anybody(undo.ask_to_undo),
    "RAS": by_anybody(general.zero),
    "AIDE": by_anybody(general.help_on),
    "LANGUE": by_anybody(general.set_language),
    "ETAT": Handlers(agent=status.state, supervisor=supervisor_queries.state),
    "SUITE": by_anybody(paging.next_page),
    "RCU": by_anybody(stock_agent.receive),
    "RUPT": Handlers(agent=stock_agent.out_of_stock, supervisor=stock_supervisor.list_stockouts),
    "COMMANDE": by_anybody(stock_supervisor.list_orders),
    "REF": by_anybody(referral.register),
    "CRF": by_anybody(counter_referral.record_outcome),
    "PARTI": by_anybody(counter_referral.left),
    "REFUS": by_anybody(counter_referral.declined),
    "FAIT": by_anybody(counter_referral.followed_up),
    "MANQ": by_anybody(supervisor_queries.missing_reports),
    "SUIVI": by_anybody(supervisor_queries.open_referrals),
    "RELANCE": by_anybody(supervisor_actions.remind),
    "VAL": by_anybody(supervisor_actions.validate),
    "NUMERO": by_anybody(number_change.ask_new_phone),
}


def handler_of(understood: Understood) -> Handler:
    """Return the function that handles a message's keyword for the role of its sender."""
    handlers = HANDLERS.get(understood.command)
    return handlers.of(understood) if handlers is not None else _not_yet


def _not_yet(uow: UnitOfWork, understood: Understood) -> Answer:
    """Answer a keyword that only a programme's own catalogue has: it cannot be handled yet."""
    values = {"command": understood.command}
    return Answer(problems=(Problem("not_yet", Level.ASK, values=values),))
