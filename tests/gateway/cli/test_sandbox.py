"""Tests of `kibaru sandbox dhis2`: a DHIS2 to try against, with faults from the start."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from gateway.model.uids import uid
from gateway.sandbox.dhis2 import DEFAULT_TOKEN
from gateway.sandbox.dhis2.faults import Kind
from tests.gateway.cli.conftest import Kibaru

AUTH = {"Authorization": f"ApiToken {DEFAULT_TOKEN}", "X-Requested-With": "XMLHttpRequest"}


def test_it_serves_catalogue_and_demo_roster_with_its_faults_until_it_is_stopped() -> None:
    words = ("sandbox", "dhis2", "--family", "sql", "--port", "0")
    faults = ("--fault", "down:1,path=/api/me", "--fault", "locked,where=202610")
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", *words, *faults],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "", "DHIS2_TOKEN": ""},
    )
    try:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(5)]
        url = said[1].removeprefix("DHIS2_URL=")
        assert said[0] == f"sandbox DHIS2 (sql): {url}/"
        assert said[4] == f"DHIS2_TOKEN={DEFAULT_TOKEN}"
        with requests.Session() as http:
            http.headers.update(AUTH)
            assert http.get(f"{url}/api/me", timeout=20).status_code == 503
            assert http.get(f"{url}/api/me", timeout=20).json()["username"] == "asc-gateway"
            version = http.get(f"{url}/api/system/info", timeout=20).json()["version"]
            form = http.get(f"{url}/api/dataSets/{uid('dataSet', 'PEC')}", timeout=20).json()
            kinds = [
                fault["kind"] for fault in http.get(f"{url}/sandbox/faults", timeout=20).json()
            ]
        assert (version, kinds) == ("2.43.1", ["locked"])
        assert form["organisationUnits"]
    finally:
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")


def test_a_port_that_is_taken_is_told_in_words(kibaru: Kibaru) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = kibaru("sandbox", "dhis2", "--port", str(port))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"port {port} cannot be had:")


def test_its_help_lists_every_fault(kibaru: Kibaru) -> None:
    told = kibaru("sandbox", "dhis2", "--help").out
    listed = told.partition("Faults:")[2].split()
    assert [kind for kind in Kind if kind.value not in listed] == []


@pytest.mark.parametrize("switch", ["rain", "down:0", "down:x", "late,seconds", "late,x=1"])
def test_a_switch_there_is_not_is_wrong_usage(kibaru: Kibaru, switch: str) -> None:
    done = kibaru("sandbox", "dhis2", "--fault", switch)
    assert (done.code, done.out) == (2, "")
    assert "--fault" in done.err


@pytest.mark.parametrize(
    ("content", "word"),
    [("{", "line 1"), ("[]", "object"), (json.dumps({"dataElements": [{}]}), "name")],
)
def test_it_tells_what_is_wrong_with_the_metadata(
    kibaru: Kibaru, tmp_path: Path, content: str, word: str
) -> None:
    file = tmp_path / "metadata.json"
    file.write_text(content, "utf-8")
    done = kibaru("sandbox", "dhis2", "--metadata", str(file))
    assert (done.code, done.out) == (1, "")
    assert word in done.err


def test_it_tells_what_is_wrong_with_the_roster(kibaru: Kibaru, tmp_path: Path) -> None:
    (tmp_path / "org_units.csv").write_text("code\n", "utf-8")
    done = kibaru("sandbox", "dhis2", "--roster", str(tmp_path))
    assert done.code == 1
    assert "org_units.csv" in done.err
    assert "people.csv" in done.err
