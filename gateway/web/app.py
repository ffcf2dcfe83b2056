"""The web application: what all doors share, and how they fail."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from hmac import compare_digest
from http import HTTPStatus

import structlog
from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import HTTPException

from gateway import config
from gateway.config import Settings
from gateway.conversation import interpretation
from gateway.storage import inbox
from gateway.storage.dialogues import Dialogues
from gateway.storage.engine import Engine, connect, reading
from gateway.transports.queue import bell_for
from gateway.ussd.effects import Edges
from menus.loading import loader
from menus.model.catalogue import Catalogue

log = structlog.get_logger()

BODY_LIMIT = 16 * 1024
PATIENCE = 2.5  # seconds; waiting for a connection, a statement and a nudge stays below 8
THREADS = 16  # that may use the database at once, in one process


class House:
    """What the doors share: settings, database, bell, catalogue, and the time."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        self.engine: Engine = connect(settings.database_url, patience=PATIENCE, pool_size=THREADS)
        self.bell = bell_for(settings.redis_url, settings.dhis2_timeout)
        self.catalogue: Catalogue = loader.load(settings.catalogue)
        self.edges = Edges(
            engine=self.engine,
            dialogues=Dialogues(settings.redis_url, self.catalogue.programme.ussd.keep),
            house=interpretation.House(self.catalogue, settings.timezone),
            hash_key=lambda: self.hash_key,
            bell=self.bell,
        )

    @cached_property
    def hash_key(self) -> bytes:
        """Read with the first message, since the doors open before the database is there."""
        with reading(self.engine) as connection:
            return inbox.hash_key(connection)


def house() -> House:
    """What the doors of the application at hand share."""
    found: House = current_app.extensions["kibaru"]
    return found


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] | None = None
) -> Flask:
    """The application, for a WSGI server.

    `settings` are the environment's and `clock` the real one unless handed in. Nothing is
    connected yet. Raises SettingsFault or CatalogueFault with everything to mend.
    """
    from gateway.web import africastalking, health, ussd  # noqa: PLC0415  they need `house` from here

    app = Flask("gateway.web", static_folder=None)
    # One byte more than is taken: a body without a length that was cut there is told from a
    # whole one by it.
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT + 1
    app.extensions["kibaru"] = House(
        settings or config.load(need_tokens=True), clock or (lambda: datetime.now(UTC))
    )
    app.before_request(_guard)
    app.register_blueprint(africastalking.doors)
    app.register_blueprint(ussd.doors)
    app.register_blueprint(health.doors)
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
    tokens = house().settings.webhook_tokens
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
