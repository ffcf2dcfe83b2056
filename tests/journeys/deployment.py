"""A whole deployment for a journey: the Procfile's processes, a sandbox operator and DHIS2.

Web, worker and clock are real processes; Valkey is a server of the deployment's own, so that it
can be killed.
"""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import func, select

from gateway.dhis2 import metadata
from gateway.dhis2.org_units import org_units_of
from gateway.roster import importing
from gateway.sandbox import valkey
from gateway.sandbox.dhis2.access import DEFAULT_TOKEN
from gateway.sandbox.dhis2.summary import Family
from gateway.sandbox.operator_posts import deliver_until_accepted, inbound_form
from gateway.storage import outbox
from gateway.storage.engine import Engine, connect, reading
from gateway.storage.tables import inbox
from menus.loading.loader import SHIPPED, load
from menus.model.period import Period
from tests.journeys.processes import PARTS, Program, end, free_port, probe, run, wait_for
from tests.journeys.sandboxes import ACCOUNT, Dhis2, Operator, sandbox_operator

TOKEN = "journey-token-of-many-signs"
SITES = 1500
EXAMPLE = "VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 2 ART 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of the roster, alone at a site with its own org unit in DHIS2."""

    number: int

    @property
    def phone(self) -> str:
        return f"+2237000{self.number:04d}"

    @property
    def site(self) -> str:
        return f"SITE{self.number:04d}"

    @property
    def dhis2_id(self) -> str:
        return f"Site{self.number:07d}"


@dataclass(slots=True)
class Deployment:
    """A deployment whose every part a test can start, read, stop and kill."""

    folder: Path
    environment: dict[str, str]
    engine: Engine
    dhis2: Dhis2
    operator: Operator
    valkey: valkey.Valkey
    programs: dict[str, Program] = field(default_factory=dict)
    sites: int = SITES
    handed_out: int = 0

    def agents(self, count: int) -> list[Agent]:
        """Return agents that no journey through this deployment has used before."""
        first, self.handed_out = self.handed_out + 1, self.handed_out + count
        assert self.handed_out <= self.sites, "the roster of the journeys is too small"
        return [Agent(number) for number in range(first, self.handed_out + 1)]

    def start(self, *names: str) -> None:
        """Start these parts (all of them unless named), and wait until web answers."""
        for name in names or PARTS:
            self.programs[name].start()
        if not names or "web" in names:
            wait_for(lambda: self.probe("healthz") == 200, "web answers")

    def stop(self, *names: str) -> None:
        for name in names or PARTS:
            self.programs[name].stop()

    def probe(self, name: str) -> int | None:
        return probe(self.environment["PORT"], name)

    def send(
        self, phone: str, text: str, *, at: datetime | None = None, provider_id: str | None = None
    ) -> str:
        """Post an SMS as the operator does until it is accepted; return its provider's id."""
        url = f"http://127.0.0.1:{self.environment['PORT']}/at/{TOKEN}/sms"
        moment = at or datetime.now(UTC)
        form = inbound_form(phone, text, at=moment, provider_id=provider_id)
        deliver_until_accepted(url, form, minute=0.1)
        return form["id"]

    def send_all(self, messages: Sequence[tuple[str, str]]) -> list[str]:
        """Send many SMS, several side by side; return their ids."""
        with ThreadPoolExecutor(6) as pool:
            return list(pool.map(lambda message: self.send(*message), messages))

    def replies(self, phone: str, count: int) -> list[str]:
        """Return all replies to a number, once there are this many; more are a fault."""
        found = wait_for(
            lambda: found if len(found := self.operator.sent(phone)) >= count else [],
            f"{count} replies",
        )
        assert len(found) == count
        return found

    def command(self, *words: str) -> Any:
        """Run `kibaru …` with this deployment's settings."""
        return run(self.environment, "gateway", *words, folder=self.folder)

    def clock_once(self, now: datetime, **more: str) -> None:
        """Run `python -m workers.clock --once` at a moment (UTC, which is Bamako's time as well).

        `more` are settings in place of the deployment's own.
        """
        words = ("workers.clock", "--once", "--now", f"{now:%Y-%m-%dT%H:%M}")
        done = run({**self.environment, **more}, *words, folder=self.folder)
        assert done.returncode == 0, done.stderr

    def empty_redis(self) -> None:
        with redis.Redis.from_url(self.environment["REDIS_URL"]) as client:
            client.flushall()

    def restart_valkey(self) -> None:
        """Kill Valkey as a power cut would, and bring it back at its port, empty."""
        self.valkey.kill()
        self.valkey = valkey.start(self.folder / "valkey", port=self.valkey.port)

    def waiting(self) -> dict[str, int]:
        """Return the number of rows that wait, by kind, without zeros."""
        with reading(self.engine) as connection:
            new = select(func.count()).where(inbox.c.state == "new")
            found = {"inbox": int(connection.scalar(new) or 0)}
            for kind in (outbox.REPLY, outbox.DHIS2):
                found[kind] = outbox.waiting(connection, kind)[0]
        return {kind: count for kind, count in found.items() if count}

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until no row waits any more."""
        wait_for(lambda: self.waiting() == {}, f"nothing waits: {self.waiting()}", seconds)


@contextmanager
def open_deployment(
    folder: Path, database_url: str, family: Family, sites: int = SITES
) -> Iterator[Deployment]:
    """Yield a deployment with a roster of so many sites on a migrated database.

    Its parts are not started yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, engine, dhis2 = free_port(), connect(database_url), Dhis2(family)
    _enroll(folder, engine, dhis2, sites)
    dhis2.start()
    with (
        sandbox_operator(f"http://127.0.0.1:{port}/at/{TOKEN}") as operator,
        valkey.valkey(folder / "valkey") as redis_server,
    ):
        environment = {
            "PORT": str(port),
            "WEBHOOK_TOKENS": TOKEN,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_server.url,
            "AT_USERNAME": ACCOUNT["username"],
            "AT_API_KEY": ACCOUNT["api_key"],
            "AT_API_URL": operator.url,
            "DHIS2_URL": dhis2.url,
            "DHIS2_TOKEN": DEFAULT_TOKEN,
            "DHIS2_TIMEOUT": "30",
            "KIBARU_CATALOGUE": str(_catalogue(folder)),
        }
        deployment = Deployment(
            folder, environment, engine, dhis2, operator, redis_server, sites=sites
        )
        deployment.programs = {
            name: Program([module], environment, folder / f"{name}.log")
            for name, module in PARTS.items()
        }
        try:
            yield deployment
        finally:
            end(list(deployment.programs.values()))
            deployment.valkey.stop()
            dhis2.stop()
            engine.dispose()


def _catalogue(folder: Path) -> Path:
    """Make a copy of the shipped catalogue that believes dates of any age; return its folder.

    Web tells the true time, and journeys post messages of months gone by.
    """
    made = folder / "catalogue"
    with as_file(SHIPPED) as shipped:
        shutil.copytree(shipped, made)
    path = made / "programme.toml"
    text = path.read_text("utf-8")
    days = "date_believed_days = "
    assert f"{days}45\n" in text
    path.write_text(text.replace(f"{days}45\n", f"{days}10000\n"), "utf-8")
    return made


def _enroll(folder: Path, engine: Engine, dhis2: Dhis2, sites: int) -> None:
    """Import `sites` agents, each alone at a site with its own DHIS2 unit, in force for a year."""
    agents = [Agent(number) for number in range(1, sites + 1)]
    units = ["code,name,level,parent,dhis2_id,population", "ML,Mali,country,,,"]
    units += ["SAHELI,Saheli,region,ML,,", "DUGUBA,Duguba,district,SAHELI,,"]
    units += ["KANI,KANI,facility,DUGUBA,KaniFacil01,"]
    units += [f"{agent.site},KOLA {agent.number},site,KANI,{agent.dhis2_id}," for agent in agents]
    people = ["phone,name,role,org_unit,language,active"]
    people += [f"{agent.phone},Awa {agent.number},asc,{agent.site},fr,yes" for agent in agents]
    places, posts = folder / "org_units.csv", folder / "people.csv"
    places.write_text("\n".join(units) + "\n", "utf-8")
    posts.write_text("\n".join(people) + "\n", "utf-8")
    today = datetime.now(UTC)
    month = Period(today.year, today.month).plus(-12)
    importing.import_roster(engine, places, posts, month)
    with reading(engine) as connection:
        rows = org_units_of(connection, month.code)
    dhis2.sandbox.load(metadata.export(load(), rows))
