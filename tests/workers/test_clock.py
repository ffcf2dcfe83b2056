"""Tests of the clock's work by the calendar, without operator, DHIS2 and Redis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from gateway import config
from gateway.sandbox.operator import create_app
from gateway.sandbox.serving import serving
from gateway.storage import outbox_sms
from gateway.storage.outbox_sms import NewNotice
from gateway.transports.queue import work_signal_for
from menus.model.catalogue import Catalogue
from tests.gateway.harness import PEC, Harness
from workers import clock
from workers.runtime import Runtime

HOUR = timedelta(hours=1)
NOBODY = "redis://127.0.0.1:1/0"  # nothing listens there


def test_what_nobody_validated_is_validated_on_its_date(
    engine: Engine, catalogue: Catalogue
) -> None:
    programme = replace(catalogue.programme, forward="on_validation")
    harness = Harness(engine, replace(catalogue, programme=programme))
    harness.told(PEC)
    runtime = Runtime(config.load({}), engine, work_signal_for(NOBODY, 1), harness.context)
    seen = []
    for day in (9, 10):
        assert clock.once(runtime, datetime(2026, 11, day, 8, tzinfo=UTC)) == 0
        seen.append(harness.report().validated_at)
    assert seen == [None, datetime(2026, 11, 10, 8, tzinfo=UTC)]


def test_all_notices_that_are_due_go_at_once_however_slow_the_network(
    engine: Engine, catalogue: Catalogue
) -> None:
    harness = Harness(engine, catalogue)
    now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    many = [
        NewNotice(
            f"alert:{number}",
            f"+223700001{number:02}",
            "alert",
            now,
            now + HOUR,
            f"Alerte {number}",
        )
        for number in range(20)
    ]
    with engine.begin() as connection:
        outbox_sms.add_notices(connection, many, now)
    with serving(create_app(username="kibaru", api_key="key")) as url:
        account = {"AT_USERNAME": "kibaru", "AT_API_KEY": "key", "AT_API_URL": url}
        runtime = Runtime(config.load(account), engine, work_signal_for(NOBODY, 1), harness.context)
        assert clock.once(runtime, now) == 0
    alerts = [row.state for row in harness.rows("notice") if row.topic == "alert"]
    assert alerts == ["sent"] * 20
