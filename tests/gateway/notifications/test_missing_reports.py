"""Holds up: what a site still owes, and a reminder that tells what is true when it is sent."""

from gateway.notifications import missing_reports
from gateway.storage.engine import reading
from menus.gsm7 import parts
from tests.gateway.harness import AWA, FANTA, NANA, OCTOBER, OUMAR, PEC, Pipes

NUT = "NUT 10 DEP 40 MAM 2 MAS 1 URE 1 GUE 0 ABD 0 SOD 0 RST 3"


def lacking(pipes: Pipes, *sites: str) -> dict[int, list[str]]:
    ids = [pipes.unit_id(site) for site in sites]
    with reading(pipes.engine) as connection:
        return missing_reports.missing_forms(connection, pipes.house, ids, OCTOBER)


def reminder(pipes: Pipes, phone: str) -> str | None:
    with reading(pipes.engine) as connection:
        subject = {"period": OCTOBER}
        return missing_reports.reminder(connection, pipes.house, phone, subject, pipes.clock.now)


def test_a_form_is_missing_until_it_is_complete(pipes: Pipes) -> None:
    kola, tene = pipes.unit_id("KOLA"), pipes.unit_id("TENE")
    everything = list(pipes.catalogue.forms)
    pipes.told(PEC)
    pipes.told("NUT 10 DEP 40")
    assert lacking(pipes, "KOLA", "TENE") == {kola: everything[1:], tene: everything}
    pipes.told(PEC.replace("PEC 10", "PEC 09"), FANTA)
    assert lacking(pipes, "TENE") == {tene: everything}


def test_a_reminder_tells_what_is_missing_when_it_is_sent(pipes: Pipes) -> None:
    first = reminder(pipes, AWA)
    assert first is not None
    assert first.startswith("Rappel: rapport octobre, il manque PEC, NUT, SMI et STK.")
    assert len(parts(first)) == 1
    pipes.told(PEC)
    second = reminder(pipes, AWA)
    assert second is not None
    assert "manque NUT, SMI et STK." in second


def test_an_agent_of_two_sites_is_reminded_of_both(pipes: Pipes) -> None:
    pipes.told(PEC)
    text = reminder(pipes, OUMAR)
    assert text is not None
    assert "Kola NUT SMI STK; Tene tout." in text


def test_nobody_is_reminded_of_nothing(pipes: Pipes) -> None:
    for form in pipes.catalogue.forms.values():
        codes = " ".join(f"{code} 0" for code in form.required)
        pipes.told(f"{form.keyword} 10 {codes}")
        pipes.told("OUI")
    assert lacking(pipes, "KOLA") == {}
    assert reminder(pipes, AWA) is None
    assert reminder(pipes, NANA) is None
