"""The jobs: each one that the queue names by string is there and can be called."""

import importlib
import pkgutil
from collections.abc import Mapping


def job_names() -> list[str]:
    """Return the dotted names in gateway/transports/queue.py, a mapping's values or a plain list."""
    jobs = importlib.import_module("gateway.transports.queue").JOBS
    return [str(name) for name in (jobs.values() if isinstance(jobs, Mapping) else jobs)]


def test_every_job_can_be_called() -> None:
    names = job_names()
    assert names
    dead = [name for name in names if not callable(pkgutil.resolve_name(name))]
    assert not dead


def test_every_job_is_a_worker_s() -> None:
    assert all(name.startswith("workers.") for name in job_names())
