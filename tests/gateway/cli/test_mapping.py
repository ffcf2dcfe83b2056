"""Tests of `kibaru dhis2 mapping`: it reads a live server, prints TOML, and changes nothing."""

import tomllib
from collections.abc import Iterator

import pytest
from flask import Flask

from gateway.dhis2.metadata import data_set_uid, field_target
from gateway.sandbox.dhis2 import DEFAULT_TOKEN, create_app
from gateway.sandbox.serving import serving
from menus.model.catalogue import Catalogue
from tests.gateway.cli.conftest import Kibaru


@pytest.fixture
def server(kibaru: Kibaru) -> Iterator[tuple[Flask, dict[str, str]]]:
    app = create_app("legacy")
    app.extensions["dhis2"].load(kibaru("dhis2", "metadata").json())
    with serving(app) as url:
        yield app, {"DHIS2_URL": url, "DHIS2_TOKEN": DEFAULT_TOKEN}


def test_what_a_server_has_is_proposed(
    kibaru: Kibaru, server: tuple[Flask, dict[str, str]], catalogue: Catalogue
) -> None:
    app, settings = server
    form = catalogue.forms["NUT"]
    uid = data_set_uid(form)
    done = kibaru("dhis2", "mapping", "--data-set", uid, "--form", "NUT", **settings)
    assert (done.code, done.err) == (0, "")
    content = tomllib.loads(done.out)["NUT"]
    assert content.pop("data_set") == uid
    assert {code: field["data_element"] for code, field in content.items()} == {
        code: (field_target(form, code) or ("",))[0] for code in form.codes
    }
    assert {request.method for request in app.extensions["dhis2"].ledger.requests} == {"GET"}


def test_a_data_set_that_is_not_there(kibaru: Kibaru, server: tuple[Flask, dict[str, str]]) -> None:
    done = kibaru("dhis2", "mapping", "--data-set", "NowhereNowh", **server[1])
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("data set NowhereNowh: http_404")


@pytest.mark.parametrize(
    "words",
    [[], ["--data-set", "short"], ["--data-set", "NowhereNowh", "--form", "XXX"]],
    ids=str,
)
def test_wrong_usage(kibaru: Kibaru, words: list[str]) -> None:
    assert kibaru("dhis2", "mapping", *words).code == 2
