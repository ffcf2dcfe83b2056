"""Each keyword has the handler of its sender's role; an unknown keyword is answered as such."""

from dataclasses import replace

import pytest

from gateway.commands import status, stock_agent, stock_supervisor, supervisor_queries
from gateway.commands.common import Handler
from gateway.commands.registry import HANDLERS, handler_of
from tests.gateway.harness import AWA, NANA, Harness
from tests.gateway.units_of_work import heard, keys


@pytest.mark.parametrize(
    ("keyword", "phone", "handler"),
    [
        ("ETAT", AWA, status.state),
        ("ETAT", NANA, supervisor_queries.state),
        ("RUPT ENF", AWA, stock_agent.out_of_stock),
        ("RUPT", NANA, stock_supervisor.list_stockouts),
    ],
)
def test_the_handler_is_that_of_the_role(
    harness: Harness, keyword: str, phone: str, handler: Handler
) -> None:
    with heard(harness, keyword, phone) as (_, understood):
        assert handler_of(understood) is handler


def test_a_keyword_of_a_programme_alone_is_not_handled_yet(harness: Harness) -> None:
    with heard(harness, "ETAT") as (uow, understood):
        unknown = replace(understood, command="BILAN")
        answer = handler_of(unknown)(uow, unknown)
        assert keys(answer) == ["not_yet"]
        assert not isinstance(answer, str)
        assert answer.problems[0].values == {"command": "BILAN"}


def test_every_handler_is_a_function_of_its_own() -> None:
    handlers = [
        handler for of_role in HANDLERS.values() for handler in {of_role.agent, of_role.supervisor}
    ]
    assert len(handlers) == len(set(handlers))
