"""Random talks of agents and supervisors: no message may ever be set aside (`message_failed`).

They are read one by one or in batches. What each answer says is judged elsewhere; here each
message must end as read, with one answer at most and no row left in the middle of something.
"""

import json
import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from gateway.conversation.sender_lookup import senders_of
from gateway.reports.conversation_store import ConversationStore
from gateway.storage import inbox as inbox_store
from gateway.storage.engine import reading
from gateway.storage.inbox import READ
from gateway.storage.tables import inbox, reports, stock_outs, stock_receipts
from menus.model.catalogue import Catalogue
from tests.gateway.harness import NANA, PEC, Harness
from tests.gateway.inbound.talks import talk, typed_in_the_field

TALKS = 12


def test_a_code_one_slip_away_in_a_correction_is_asked_in_the_report_that_is_stored(
    harness: Harness,
) -> None:
    harness.told(PEC)
    answer = harness.told("COR FEI 39")
    assert answer.startswith(f"PEC oct A CONFIRMER. No {harness.report().receipt}.")
    assert "FEI: est-ce FIE?" in answer
    assert harness.report().pending["FIE"].value == 39
    harness.told("OUI")
    assert harness.report().values["FIE"] == 39
    assert {*harness.inbox_states().values()} == {READ}


@pytest.mark.parametrize("said", ["COR FEI 36 PSO 20", "FEI 36", "COR 10 FEI 36", "PEC 10 FEI 36"])
def test_several_ways_to_slip_end_in_the_one_report(harness: Harness, said: str) -> None:
    harness.told(PEC)
    receipt = harness.report().receipt
    assert f"No {receipt}" in harness.told(said)
    assert {*harness.inbox_states().values()} == {READ}


def test_a_supervisor_s_slip_ends_in_the_one_report_too(harness: Harness) -> None:
    harness.told(PEC)
    receipt = harness.report().receipt
    assert f"No {receipt}" in harness.told("POUR KOLA COR FEI 36", NANA)
    assert harness.report().pending["FIE"].value == 36
    assert {*harness.inbox_states().values()} == {READ}


def test_no_oui_is_asked_for_a_near_code_of_which_nothing_waits(harness: Harness) -> None:
    """Its month is unclear on the 26th, or the report holds that very number already."""
    harness.told(PEC)
    assert harness.told("PEC 10 FEI 38") == (
        "PEC oct A CORRIGER. No 2UQV. Vus45 Fievre38 TDR37 Pos28 CTA27 Grave2 ArtR2 IRA9 Amox9 "
        "Dia11 SRO-Zn10 Ref3 Deces0. FEI: est-ce FIE? Corrigez: COR FIE .. Retard."
    )
    harness.told("NUT 10 RAS")
    harness.told("OUI")
    harness.clock.now = datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert harness.told("COR FEI 36") == (
        "Code FEI inconnu, pas note: est-ce FIE? Corrigez: envoyez PEC FIE .."
    )
    assert harness.told("OUI").startswith("Rien n'attend votre reponse.")


@pytest.fixture(scope="module")
def typed() -> list[str]:
    return typed_in_the_field()


@pytest.mark.parametrize("seed", range(TALKS))
def test_no_talk_sets_a_message_aside(
    engine: Engine, catalogue: Catalogue, typed: list[str], seed: int
) -> None:
    """Nor is a batch broken, as by a report that is put without its lock (SiteNotLocked)."""
    harness = Harness(engine, catalogue)
    broken = []
    for said in talk(harness, random.Random(seed), typed):
        with capture_logs() as logs:
            harness.receive(said.text, said.phone, sent=harness.clock.now - said.late)
            if said.is_read_at_once:
                harness.read()
        broken += [(log["event"], said.text) for log in logs if log["log_level"] == "error"]
    harness.read()
    assert broken == []
    assert {*harness.inbox_states().values()} == {READ}
    with reading(engine) as connection:
        known = connection.scalars(select(reports.c.receipt)).all()
        answered = connection.scalars(select(inbox.c.id)).all()
    assert len(harness.rows("reply")) <= len(answered)
    assert all(known)


@pytest.mark.parametrize("seed", [3, 200, 201])
def test_every_site_that_a_message_changes_was_to_be_locked(
    engine: Engine, catalogue: Catalogue, typed: list[str], seed: int
) -> None:
    harness = Harness(engine, catalogue)
    before: set[tuple[int, str]] = set()
    for said in talk(harness, random.Random(seed), typed):
        message = harness.receive(said.text, said.phone, sent=harness.clock.now - said.late)
        locked = to_lock(harness, message)
        harness.read()
        after = rows_of_sites(engine)
        assert {site for site, _ in before ^ after} <= locked, said.text
        before = after
    assert before, "nothing was ever stored: this talk proves nothing"


def to_lock(harness: Harness, message_id: int) -> set[int]:
    """The sites that the reader would lock for a message that waits."""
    with reading(harness.engine) as connection:
        messages = [*inbox_store.messages(connection, [message_id]).values()]
        senders = senders_of(connection, messages, harness.context)
        return senders.sites_to_lock(ConversationStore(connection))


def rows_of_sites(engine: Engine) -> set[tuple[int, str]]:
    """Every row that a site's lock guards, each with its site."""
    with reading(engine) as connection:
        return {
            (row["site_id"], f"{table.name} {json.dumps(dict(row), default=str)}")
            for table in (reports, stock_outs, stock_receipts)
            for row in connection.execute(select(table)).mappings()
        }
