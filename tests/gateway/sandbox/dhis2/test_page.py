"""Tests of the page of values: it shows what is stored, by month, and escapes names."""

from flask import Flask

from gateway.sandbox.dhis2.page import as_json, render
from tests.gateway.sandbox.dhis2.world import KANI, KOLA, payload, registration, value, world


def test_the_page_shows_a_stored_value_and_its_form() -> None:
    here = world()
    here.post(payload(value()))
    here.complete(registration())
    state = here.sandbox.state
    with Flask("test").app_context():
        page = render(state, "legacy", None, KOLA)
        elsewhere = render(state, "legacy", None, KANI)
    assert "Octobre 2026" in page
    assert "<td>SEEN</td><td>SEEN name</td><td>7</td>" in page
    assert "complet le 2026-11-03" in page
    assert "Aucune valeur" in elsewhere


def test_values_for_programs() -> None:
    here = world()
    here.post(payload(value()))
    found = as_json(here.sandbox.state, "202610", KOLA)
    assert [row["code"] for row in found["values"]] == ["SEEN"]
    assert found["completeness"] == []
