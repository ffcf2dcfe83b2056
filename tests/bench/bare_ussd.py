"""`python -m tests.bench.bare_ussd`: the least that could lead a dialogue, to compare with.

A Flask view with one GET and one SET in Redis for each hop: no token, no menu, no caller, no
check of a field, no words. The same Granian with as many processes and threads as the gateway's
own web, and the same Redis client. PORT and REDIS_URL are its settings.
"""

import os

import redis
from flask import Flask, Response, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway import process_group
from gateway.web.__main__ import PROCESSES, THREADS

KEPT = 3600  # seconds


def app_for(client: redis.Redis) -> Flask:
    """The application with its one view: what was keyed in before is read, what is now is kept."""
    app = Flask("bare-ussd")

    @app.post("/ussd")
    def ussd() -> Response:
        key = f"bare:{request.form['sessionId']}"
        before = client.get(key)
        client.set(key, request.form["text"], ex=KEPT)
        screen = f"CON {'Suite' if before else 'Bonjour'}\n1 Rapport\n2 Stock\n3 Aide"
        return Response(screen, content_type="text/plain; charset=utf-8")

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def worker() -> Flask:
    """The application inside one of Granian's processes."""
    process_group.die_with_parent()
    return app_for(redis.Redis.from_url(os.environ["REDIS_URL"]))


def main() -> None:
    """Serves until SIGTERM."""
    Granian(
        "tests.bench.bare_ussd:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        workers=PROCESSES,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
