"""A report comes back as it was saved, with every version it had."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import OperationalError

from gateway.model.report import Report, Status, file
from gateway.storage import forwards, reports
from gateway.storage.engine import connect, reading
from gateway.storage.forwards import Forward, Note
from gateway.storage.tables import org_units, posts, report_versions
from gateway.storage.versions import Version
from menus.loading.loader import load as load_catalogue
from menus.model.reading import Filled
from tests.gateway.harness import AWA, FANTA, NOON

MICROSECOND = datetime(2026, 11, 4, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def site(engine: Engine) -> int:
    return enrol(engine)


def enrol(engine: Engine) -> int:
    """Two sites, with two agents at the first; its id."""
    with engine.begin() as connection:
        connection.execute(insert(org_units), [{"code": "KOLA"}, {"code": "TENE"}])
        found = connection.execute(select(org_units.c.id).where(org_units.c.code == "KOLA"))
        site = int(found.scalar_one())
        for phone in (AWA, FANTA):
            post = {"phone": phone, "unit_id": site, "name": "N", "role": "asc", "language": "fr"}
            connection.execute(insert(posts).values(since="000000", **post))
    return site


def parked() -> Report:
    """A report in which two numbers wait, one of them with its days out."""
    blank = Report(1, "STK", "202610", "7K4P", received_at=NOON, changed_at=NOON)
    said = Filled("STK", {"ENF": 61, "BEB": 70}, {"ENF": 5})
    found = file(load_catalogue().forms["STK"], blank, said, (1_793_779_200_123, 7), NOON).report
    assert [one.days_out for one in found.pending.values()] == [5, None]
    return found


def report(site: int, form: str = "PEC", period: str = "202610", receipt: str = "7K4P") -> Report:
    return Report(
        site, form, period, receipt, received_at=MICROSECOND, changed_at=NOON, version=2,
        complete=True, late=True, values={"VUS": 45, "FIE": 0}, days_out={"ENF": 12},
        stamps={"VUS": (1_793_779_200_123, 7), "FIE": (1, 2)},
        pending=parked().pending,
        problems=({"level": "refuse", "codes": ["POS"], "text": "POS 48"},),
        refusals={"VUS": "closed"}, forwarded_version=1, forwarded_at=NOON, refused_version=1,
    )  # fmt: skip


def version(of: Report, number: int, post_id: int = 1) -> Version:
    return Version(of.key, number, None, post_id, of.values, of.days_out, NOON, NOON)  # type: ignore[arg-type]


def save(engine: Engine, *changed: Report, versions: tuple[Version, ...] = ()) -> None:
    with engine.begin() as connection:
        reports.save(connection, changed, versions)


def load(engine: Engine, *wanted: Report) -> list[Report]:
    with reading(engine) as connection:
        found = reports.load(connection, [one.key for one in wanted])
    return [found[one.key] for one in wanted]


def test_it_comes_back_as_it_was_saved(engine: Engine, site: int) -> None:
    one, other = report(site), report(site, "NUT", receipt="8AAA")
    save(engine, one, other)
    found = load(engine, one, other)
    assert all(stored.id for stored in found)
    assert [replace(stored, id=0) for stored in found] == [one, other]


def test_saved_again_it_is_the_same_row(engine: Engine, site: int) -> None:
    first = report(site)
    save(engine, first, versions=(version(first, 1), version(first, 2)))
    (stored,) = load(engine, first)
    changed = replace(stored, values={"VUS": 46}, version=3, pending={}, refusals={})
    save(engine, changed, versions=(version(changed, 3, post_id=2),))
    assert load(engine, first) == [changed]
    with reading(engine) as connection:
        rows = connection.execute(select(report_versions).order_by(report_versions.c.version)).all()
        assert reports.senders(connection, "202610") == {stored.id: FANTA}
    assert [(row.report_id, row.version) for row in rows] == [(stored.id, n) for n in (1, 2, 3)]
    assert [row["values"] for row in (row._mapping for row in rows)][2] == {"VUS": 46}


def test_what_is_complete_and_what_is_taken(engine: Engine, site: int) -> None:
    save(
        engine,
        report(site),
        replace(report(site, "NUT", receipt="8AAA"), complete=False),
        report(site, "SMI", "202609", "9BBB"),
    )
    with reading(engine) as connection:
        pairs = [(site, "202610"), (site, "202609"), (site, "202608")]
        assert reports.forms_complete(connection, pairs) == {
            (site, "202610"): {"PEC"},
            (site, "202609"): {"SMI"},
            (site, "202608"): set(),
        }
        wanted = {(site, "7K4P"), (site, "2222"), (site + 1, "7K4P")}
        assert reports.receipts_taken(connection, wanted) == {(site, "7K4P")}
        assert reports.load(connection, []) == {}
        assert [one.form for one in reports.of_period(connection, "202610")] == ["NUT", "PEC"]
        assert len(reports.of_sites(connection, [site], "PEC", "202610")) == 1
        assert len(reports.keys_of(connection, [site])) == 3


def test_a_verdict_that_comes_while_a_message_is_read_is_not_undone(
    engine: Engine, site: int
) -> None:
    fresh = {"forwarded_version": None, "forwarded_at": None, "refused_version": None}
    save(engine, replace(report(site), **fresh, refusals={}))
    (read_before,) = load(engine, report(site))
    with engine.begin() as connection:
        sent = {(read_before.id, 2)}
        reports.mark_forwarded(connection, sent, {read_before.id: {"VUS": "closed"}}, NOON)
    save(engine, read_before)
    (stored,) = load(engine, read_before)
    assert (stored.forwarded_version, stored.forwarded_at) == (2, NOON)
    assert stored.refusals == {"VUS": "closed"}
    save(engine, replace(read_before, version=3))
    (stored,) = load(engine, read_before)
    assert (stored.forwarded_version, stored.refusals) == (2, {})
    save(engine, replace(read_before, version=4, withdrawn=True))
    assert load(engine, read_before)[0].forwarded_version is None


def test_a_verdict_is_noted_on_the_version_it_is_about(engine: Engine, site: int) -> None:
    fresh = {"forwarded_version": None, "forwarded_at": None, "refused_version": None}
    one = replace(report(site), **fresh, refusals={})
    other = replace(report(site, "NUT", receipt="8AAA"), **fresh, refusals={})
    save(engine, one, other)
    (first, second) = load(engine, one, other)
    later = NOON + timedelta(hours=1)
    with engine.begin() as connection:
        # The second has moved on since it was sent.
        sent = {(first.id, 2), (second.id, 1)}
        reports.mark_forwarded(connection, sent, {first.id: {"VUS": "closed"}}, later)
    (marked, left) = load(engine, one, other)
    assert (marked.status, marked.refusals, marked.forwarded_at) == (
        Status.REFUSED,
        {"VUS": "closed"},
        later,
    )
    assert left == second
    with engine.begin() as connection:
        reports.mark_forwarded(connection, {(first.id, 2)}, {}, later)
    (marked,) = load(engine, one)
    assert (marked.status, marked.refusals) == (Status.FORWARDED, {})
    # Sent again as it stood, it has been there since then.
    with engine.begin() as connection:
        reports.mark_forwarded(connection, {(first.id, 2)}, {}, later + timedelta(days=3))
    assert load(engine, one) == [marked]


def test_a_reader_of_messages_does_not_hold_up_a_forwarder(postgresql_url: str) -> None:
    """The forwarder would wait for the site while the reader waits for the forwarder's row."""
    one, other = connect(postgresql_url), connect(postgresql_url)
    site = enrol(one)
    with one.begin() as connection:
        forwards.request(connection, [Forward(site, "PEC", "202610")], NOON)
    with one.begin() as reader, other.begin() as forwarder:
        reports.lock_sites(reader, [site])
        forwarder.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        token, (row,) = forwards.claim(forwarder, {"PEC": 1}, 60, NOON)
        forwards.note_attempt(forwarder, token, {row.id: Note({"a.b": "1"}, None, False)})
    with one.begin() as connection, other.begin() as second:
        reports.lock_sites(connection, [site])
        second.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            reports.lock_sites(second, [site])
    one.dispose()
    other.dispose()
