"""The web application: what all doors share, and how they fail."""

from collections.abc import Callable
from datetime import UTC, datetime
from hmac import compare_digest
from http import HTTPStatus

import structlog
from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from gateway import config
from gateway.config import Settings
from gateway.web import africastalking, health, ussd
from gateway.web.context import WebServices, services

log = structlog.get_logger()

BODY_LIMIT = 16 * 1024


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] | None = None
) -> Flask:
    """The application, for a WSGI server.

    `settings` are the environment's and `clock` the real one unless handed in. Nothing is
    connected yet. Raises SettingsFault or CatalogueFault with everything to mend.
    """
    app = Flask("gateway.web", static_folder=None)
    # One byte more than is taken: a body without a length that was cut there is told from a
    # whole one by it.
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT + 1
    app.extensions["kibaru"] = WebServices(
        settings or config.load(need_tokens=True), clock or (lambda: datetime.now(UTC))
    )
    app.before_request(_guard)
    app.register_blueprint(africastalking.blueprint)
    app.register_blueprint(ussd.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_error_handler(Exception, _failed)
    return app


def _guard() -> None:
    """No token, no answer but 404, whatever else is wrong with a request; then the size."""
    is_webhook = request.path == "/at" or request.path.startswith("/at/")
    if is_webhook and not _knows(request.path.removeprefix("/at").strip("/").partition("/")[0]):
        abort(HTTPStatus.NOT_FOUND)
    if (request.content_length or 0) > BODY_LIMIT:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if is_webhook:
        _read_whole()


def _knows(given: str) -> bool:
    tokens = services().settings.webhook_tokens
    known = [compare_digest(given.encode(), token.encode()) for token in tokens]
    return any(known)


def _read_whole() -> None:
    """Reads the body, which may come in pieces and without its length.

    One that broke off on its way is refused: what is left of it may look like another message.
    """
    body = request.get_data()
    if len(body) > BODY_LIMIT:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if request.content_length is not None and len(body) != request.content_length:
        abort(HTTPStatus.BAD_REQUEST)


def _failed(error: Exception) -> Response | HTTPException:
    """Our own failure is 503: the operator sends the message again, and it can go well then."""
    if isinstance(error, HTTPException):
        return error
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return Response(
        "not now, send it again\n", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain"
    )
