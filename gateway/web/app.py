"""The web application: its blueprints, the check of each request, and its answer to errors."""

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
    """Return the application, for a WSGI server.

    `settings` are read from the environment and `clock` is the real one unless given. No
    connection is made yet. Raises SettingsFault or CatalogueFault with everything to mend.
    """
    app = Flask("gateway.web", static_folder=None)
    # One byte more than the limit: it tells a body without a length that was cut at the limit
    # from one that fits.
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT + 1
    app.extensions["kibaru"] = WebServices(
        settings or config.load(need_tokens=True), clock or (lambda: datetime.now(UTC))
    )
    # A slash typed behind a webhook's address must not lose its posts, as a redirect would.
    app.url_map.strict_slashes = False
    app.before_request(_guard)
    app.register_blueprint(africastalking.blueprint)
    app.register_blueprint(ussd.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_error_handler(Exception, _failed)
    return app


def _guard() -> None:
    """Answer 404 to a webhook without a known token, before any other error; limit the size."""
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
    """Read the body, which may come in pieces and without its length.

    A body that broke off is refused: the rest of it may look like another message.
    """
    body = request.get_data()
    if len(body) > BODY_LIMIT:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if request.content_length is not None and len(body) != request.content_length:
        abort(HTTPStatus.BAD_REQUEST)


def _failed(error: Exception) -> Response | HTTPException:
    """Answer our own failure with 503: the operator sends the message again, which can succeed."""
    if isinstance(error, HTTPException):
        return error
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return Response(
        "not now, send it again\n", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain"
    )
