"""Holds up what the clock does by the calendar, with no far side and no Redis at all."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Engine

from gateway import config
from gateway.transports.queue import bell_for
from menus.model import Catalogue
from tests.gateway.pipes import PEC, Pipes
from workers import clock
from workers.house import Workplace

NOBODY = "redis://127.0.0.1:1/0"  # nothing listens there


def test_what_nobody_validated_is_validated_on_its_date(
    engine: Engine, catalogue: Catalogue
) -> None:
    programme = replace(catalogue.programme, forward="on_validation")
    pipes = Pipes(engine, replace(catalogue, programme=programme))
    pipes.told(PEC)
    place = Workplace(config.load({}), engine, bell_for(NOBODY, 1), pipes.house)
    seen = []
    for day in (9, 10):
        assert clock.once(place, datetime(2026, 11, day, 8, tzinfo=UTC)) == 0
        seen.append(pipes.report().validated_at)
    assert seen == [None, datetime(2026, 11, 10, 8, tzinfo=UTC)]
