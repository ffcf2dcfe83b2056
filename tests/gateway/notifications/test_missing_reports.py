"""What a site still owes, and a reminder that tells what is true when it is sent."""

from gateway.notifications import missing_reports
from gateway.storage.engine import reading
from menus.gsm7 import parts
from tests.gateway.harness import AWA, FANTA, NANA, OCTOBER, OUMAR, PEC, Harness

NUT = "NUT 10 DEP 40 MAM 2 MAS 1 URE 1 GUE 0 ABD 0 SOD 0 RST 3"


def lacking(harness: Harness, *sites: str) -> dict[int, list[str]]:
    ids = [harness.unit_id(site) for site in sites]
    with reading(harness.engine) as connection:
        return missing_reports.missing_forms(connection, harness.context, ids, OCTOBER)


def reminder(harness: Harness, phone: str) -> str | None:
    with reading(harness.engine) as connection:
        subject = {"period": OCTOBER}
        return missing_reports.reminder(
            connection, harness.context, phone, subject, harness.clock.now
        )


def test_a_form_is_missing_until_it_is_complete(harness: Harness) -> None:
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    everything = list(harness.catalogue.forms)
    harness.told(PEC)
    harness.told("NUT 10 DEP 40")
    assert lacking(harness, "KOLA", "TENE") == {kola: everything[1:], tene: everything}
    harness.told(PEC.replace("PEC 10", "PEC 09"), FANTA)
    assert lacking(harness, "TENE") == {tene: everything}


def test_a_reminder_tells_what_is_missing_when_it_is_sent(harness: Harness) -> None:
    first = reminder(harness, AWA)
    assert first is not None
    assert first.startswith("Rappel: rapport octobre, il manque PEC, NUT, SMI et STK.")
    assert len(parts(first)) == 1
    harness.told(PEC)
    second = reminder(harness, AWA)
    assert second is not None
    assert "manque NUT, SMI et STK." in second


def test_an_agent_of_two_sites_is_reminded_of_both(harness: Harness) -> None:
    harness.told(PEC)
    text = reminder(harness, OUMAR)
    assert text is not None
    assert "Kola NUT SMI STK; Tene tout." in text


def test_nobody_is_reminded_of_nothing(harness: Harness) -> None:
    for form in harness.catalogue.forms.values():
        codes = " ".join(f"{code} 0" for code in form.required)
        harness.told(f"{form.keyword} 10 {codes}")
        harness.told("OUI")
    assert lacking(harness, "KOLA") == {}
    assert reminder(harness, AWA) is None
    assert reminder(harness, NANA) is None
