"""Tests of the main job: a coded SMS becomes numbers in DHIS2 and one reply, by real processes."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from gateway.storage.engine import reading
from gateway.storage.tables import outbox
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from tests.journeys.deployment import EXAMPLE, Agent, Deployment
from tests.journeys.processes import wait_for

pytestmark = pytest.mark.xdist_group("journeys-2")

WORDS = EXAMPLE.split()
NUMBERS = {code: int(number) for code, number in zip(WORDS[::2], WORDS[1::2], strict=True)}
IN_DHIS2 = {f"ASC_PEC_{code}": str(number) for code, number in NUMBERS.items()}


@pytest.fixture
def agent(running_deployment: Deployment) -> Agent:
    return running_deployment.agents(1)[0]


def report_of(deployment: Deployment, agent: Agent, month: Period) -> dict[str, Any]:
    """Return the agent's only report, as `kibaru reports --json` prints it."""
    done = deployment.command("reports", "--period", month.code, "--site", agent.site, "--json")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)
    return dict(report)


def test_the_report_is_answered_stored_and_imported(
    running_deployment: Deployment, agent: Agent, month: Period, catalogue: Catalogue
) -> None:
    deployment = running_deployment
    deployment.send(agent.phone, f"PEC {month.month:02d} {EXAMPLE}")
    (reply,) = deployment.replies(agent.phone, 1)
    deployment.settle()

    report = report_of(deployment, agent, month)
    assert report["receipt"] in reply
    names = {field.code: field.short["fr"] for field in catalogue.forms["PEC"].fields}
    assert [f"{names[code]}{number}" for code, number in NUMBERS.items()] == [
        word.rstrip(".") for word in reply.split() if word.rstrip(".")[-1:].isdigit()
    ][-len(NUMBERS) :]
    assert (report["status"], report["version"]) == ("forwarded", 1)
    assert report["values"] == NUMBERS
    assert deployment.dhis2.values(agent.dhis2_id, month.code) == IN_DHIS2
    assert deployment.dhis2.is_complete(agent.dhis2_id, month.code, "PEC")


def test_an_impossible_number_is_left_out_until_it_is_retyped(
    running_deployment: Deployment, agent: Agent, month: Period
) -> None:
    deployment = running_deployment
    deployment.send(agent.phone, f"PEC {month.month:02d} {EXAMPLE.replace('POS 28', 'POS 48')}")
    (reply,) = deployment.replies(agent.phone, 1)
    before = report_of(deployment, agent, month)
    assert "48" in reply
    assert "POS" in reply
    # The rule is about two numbers, and either may be the wrong one: both wait, the others count.
    assert before["pending"] == {"TDR": 37, "POS": 48}
    assert before["values"] == {
        code: n for code, n in NUMBERS.items() if code not in ("TDR", "POS")
    }
    assert any("POS" in problem["codes"] for problem in before["problems"])
    assert not deployment.dhis2.is_complete(agent.dhis2_id, month.code, "PEC")

    deployment.send(agent.phone, f"PEC {month.month:02d} POS 28")
    mended = deployment.replies(agent.phone, 2)[1]
    deployment.settle()
    after = report_of(deployment, agent, month)
    assert before["receipt"] in mended
    assert (after["status"], after["values"], after["pending"]) == ("forwarded", NUMBERS, {})
    assert deployment.dhis2.values(agent.dhis2_id, month.code) == IN_DHIS2
    assert deployment.dhis2.is_complete(agent.dhis2_id, month.code, "PEC")
    assert deployment.dhis2.histories(month.code)[agent.dhis2_id]["ASC_PEC_POS"] == ["28"]


def test_what_is_repeated_has_its_effect_once(
    running_deployment: Deployment, agent: Agent, month: Period
) -> None:
    deployment, text = running_deployment, f"PEC {month.month:02d} {EXAMPLE}"
    first = deployment.send(agent.phone, text)
    deployment.replies(agent.phone, 1)
    deployment.send(agent.phone, text, provider_id=first)  # by the operator: nothing new
    deployment.send(agent.phone, text)  # by the agent: a reply, with the same receipt
    replies = deployment.replies(agent.phone, 2)
    deployment.settle()

    report = report_of(deployment, agent, month)
    assert report["version"] == 1
    assert all(report["receipt"] in reply for reply in replies)
    assert len(deployment.operator.sent(agent.phone)) == 2
    once = {code: [number] for code, number in IN_DHIS2.items()}
    assert deployment.dhis2.histories(month.code)[agent.dhis2_id] == once


def test_a_delivery_report_is_shown_on_its_reply(
    running_deployment: Deployment, agent: Agent
) -> None:
    deployment = running_deployment
    deployment.send(agent.phone, "bonjour")
    deployment.replies(agent.phone, 1)
    replied = (
        outbox.c.phone == agent.phone,
        outbox.c.kind == "reply",
        outbox.c.delivery.is_not(None),
    )
    statement = select(outbox.c.delivery).where(*replied).order_by(outbox.c.id.desc())

    def status() -> str | None:
        with reading(deployment.engine) as connection:
            found: str | None = connection.scalar(statement)
        return found if found == "Success" else None

    assert wait_for(status, "the delivery report")


def test_a_deployment_says_that_it_is_ready(running_deployment: Deployment) -> None:
    assert [running_deployment.probe(name) for name in ("readyz", "metrics")] == [200, 200]
