"""Attacks on a running deployment, and ways to let the time pass after which it recovers."""

import signal
from datetime import UTC, datetime

from sqlalchemy import func, select, update

from gateway.storage.engine import reading
from gateway.storage.tables import outbox
from tests.journeys.deployment import Deployment
from tests.journeys.processes import descendants, is_alive, send, wait_for, words_of

AT_WORK = "it is in the middle of a job"


def rq_worker(deployment: Deployment, queue: str) -> int:
    """Return the process id of the RQ worker of a queue."""

    def found() -> list[int]:
        below = descendants(deployment.programs["worker"].pid)
        return [pid for pid in below if words_of(pid)[-3:-1] == ["--queue", queue]]

    return wait_for(found, f"a worker of {queue}")[0]


def job(deployment: Deployment, queue: str) -> int:
    """Return the process id of the job that this RQ worker runs at this moment."""
    return wait_for(lambda: descendants(rq_worker(deployment, queue)), f"a job of {queue}")[0]


def kill_job(deployment: Deployment, queue: str) -> None:
    send(job(deployment, queue), signal.SIGKILL)


def kill_rq_worker(deployment: Deployment, queue: str) -> None:
    send(rq_worker(deployment, queue), signal.SIGKILL)


def kill_supervisor(deployment: Deployment, _: str) -> None:
    deployment.programs["worker"].kill()


def kill_all_workers(deployment: Deployment) -> None:
    """Kill supervisor, RQ workers and jobs at once, as a machine that loses its power."""
    below = descendants(deployment.programs["worker"].pid)
    deployment.programs["worker"].kill()
    for pid in below:
        send(pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, below)), "all workers are dead")


def leases(deployment: Deployment, *kinds: str) -> list[str]:
    """Return the leases held on rows of these kinds."""
    statement = select(outbox.c.lease).where(outbox.c.kind.in_(kinds), outbox.c.lease.is_not(None))
    with reading(deployment.engine) as connection:
        return list(connection.scalars(statement.distinct()))


def unclaimed(deployment: Deployment, kind: str) -> int:
    """Return how many rows of this kind wait without a lease."""
    statement = select(func.count()).where(
        outbox.c.kind == kind, outbox.c.state == "waiting", outbox.c.lease.is_(None)
    )
    with reading(deployment.engine) as connection:
        return connection.scalar(statement) or 0


def let_leases_end(deployment: Deployment, tokens: list[str]) -> None:
    """Let the time of these leases pass, whose owners are dead."""
    ended = update(outbox).where(outbox.c.lease.in_(tokens)).values(lease_until=0)
    with deployment.engine.begin() as connection:
        connection.execute(ended)


def let_pauses_end(deployment: Deployment) -> bool:
    """Let the pause pass after which a doubtful reply is sent again; return whether any was."""
    waits = outbox.c.kind == "reply", outbox.c.state == "waiting", outbox.c.unknowns == 1
    due = update(outbox).where(*waits).values(next_at=datetime.now(UTC))
    with deployment.engine.begin() as connection:
        return connection.execute(due).rowcount > 0
