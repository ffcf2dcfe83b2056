"""A stand-in for Africa's Talking on this machine, as strict as the real one.

It accepts SMS at `/version1/messaging` and keeps them for people and tests to read, posts
delivery reports back to the gateway, and fails in any way that is asked of it. Nothing
leaves the machine. Sources: Africa's Talking's bulk SMS documentation and recorded answers.

    POST   /version1/messaging                 as the real one
    GET    /version1/user?username=            as the real one
    GET    /sandbox/messages?phone=&after=     {"count": all, "messages": [{"id", "phone", ..}]}
    POST   /sandbox/faults                     a JSON object, see `operator_ledger.Fault`
    GET    /sandbox/faults   DELETE            how many are left; forget them
    GET    /sandbox/deliveries                 the delivery reports that were posted
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from hmac import compare_digest
from typing import Final

from flask import Flask, Response, jsonify, request

from gateway.config import SettingsFault, load
from gateway.sandbox.message_api import CURRENCY, MessageApi, Reporter
from gateway.sandbox.operator_ledger import BadFault, Ledger, read_fault
from gateway.sandbox.serving import LoopbackServer

PAGE: Final = 1000  # messages in one answer of the ledger


def create_app(*, webhook_base: str | None = None, username: str, api_key: str) -> Flask:
    """Return the operator as a Flask app, with a ledger of its own.

    `username` and `api_key` are the only account it knows. `webhook_base` is the gateway's
    address with its token, `http://127.0.0.1:8000/at/<token>`; without it no delivery reports
    are posted.
    """
    app = Flask("kibaru-sandbox-operator")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.json.compact = True  # type: ignore[attr-defined]
    ledger = Ledger()
    api = MessageApi(ledger, Reporter(ledger, webhook_base) if webhook_base else None)
    _real_routes(app, api, username, api_key)
    _sandbox_routes(app, ledger)
    return app


def _real_routes(app: Flask, api: MessageApi, username: str, api_key: str) -> None:
    def known(name: str) -> bool:
        key = request.headers.get("apiKey", "")
        return name == username and compare_digest(key.encode(), api_key.encode())

    @app.post("/version1/messaging")
    def messaging() -> Response:
        if request.mimetype != "application/x-www-form-urlencoded":
            return _plain("The request's Content-Type is not supported.", 415)
        form = request.form.to_dict()
        for name in ("username", "to", "message"):
            if not form.get(name):
                return _plain(f"Request is missing required form field '{name}'", 400)
        return api.take(form) if known(form["username"]) else _unknown_account()

    @app.get("/version1/user")
    def user() -> Response:
        if not known(request.args.get("username", "")):
            return _unknown_account()
        return jsonify({"UserData": {"balance": f"{CURRENCY} 1785.5000"}})


def _sandbox_routes(app: Flask, ledger: Ledger) -> None:
    @app.get("/sandbox/messages")
    def messages() -> Response:
        after = max(request.args.get("after", 0, type=int), 0)
        found = ledger.messages(request.args.get("phone"), after, PAGE)
        return jsonify({"count": ledger.count(), "messages": [asdict(kept) for kept in found]})

    @app.post("/sandbox/faults")
    def plan() -> Response:
        try:
            ledger.plan(read_fault(request.get_json(silent=True)))
        except BadFault as fault:
            return _plain(str(fault), 400)
        return jsonify({"left": ledger.faults_left()})

    @app.get("/sandbox/faults")
    def left() -> Response:
        return jsonify({"left": ledger.faults_left()})

    @app.delete("/sandbox/faults")
    def forget() -> Response:
        ledger.forget_faults()
        return jsonify({"left": 0})

    @app.get("/sandbox/deliveries")
    def deliveries() -> Response:
        return jsonify({"deliveries": ledger.reports()})


def _plain(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=UTF-8")


def _unknown_account() -> Response:
    answer = _plain("The supplied authentication is invalid", 401)
    answer.headers["WWW-Authenticate"] = 'Basic realm="api"'
    return answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the operator on loopback until SIGTERM or Ctrl-C; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m gateway.sandbox.operator",
        description="Run a stand-in for Africa's Talking on 127.0.0.1. The account is AT_USERNAME "
        "and AT_API_KEY of the environment, else sandbox and sandbox.",
    )
    parser.add_argument("--port", type=int, default=9101, help="default 9101; 0 takes a free one")
    parser.add_argument(
        "--webhook-base",
        help="base URL of the gateway that gets delivery reports, such as "
        "http://127.0.0.1:8000/at/<token>; by default it is made of PORT and WEBHOOK_TOKENS",
    )
    chosen = parser.parse_args(arguments)
    try:
        settings = load()
    except SettingsFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    base = chosen.webhook_base
    if base is None and settings.webhook_tokens:
        base = f"http://127.0.0.1:{settings.port}/at/{settings.webhook_tokens[0]}"
    app = create_app(
        webhook_base=base,
        username=settings.at_username or "sandbox",
        api_key=settings.at_api_key or "sandbox",
    )
    return _serve(app, chosen.port)


def _serve(app: Flask, port: int) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = LoopbackServer(app, port)
    sys.stdout.write(f"sandbox operator on {server.url}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
