"""A small loopback HTTP server for the stand-ins: threads, kept connections, no access log.

Werkzeug's own development server closes every connection after one answer; the servers that
the stand-ins replace do not, and half of a client's cost is connecting.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

LOOPBACK: Final = "127.0.0.1"
SOCKET: Final = "sandbox.socket"  # in the environ: the client's socket, to lose an answer


class LoopbackServer(ThreadingMixIn, WSGIServer):
    """A WSGI server on 127.0.0.1 with a thread for each connection (HTTP/1.1, kept open).

    Not yet serving when made. Port 0 takes a free port, which `url` tells. Raises OSError when the
    port is taken. `server_close` drops the connections that clients still hold, so that a stopped
    stand-in is away for every client.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, app: WSGIApplication, port: int = 0) -> None:
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Handler)
        self.set_app(app)

    @property
    def url(self) -> str:
        """The base URL of the server."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking a name server what 127.0.0.1 is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note a connection, so that it can be dropped, and answer it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended by itself."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and drop the connections that clients hold."""
        super().server_close()
        for held in tuple(self._open):
            _drop(held)


class _Handler(WSGIRequestHandler):
    """A handler that reads a request whole before the app sees it.

    So the next request on the connection starts where it should.
    """

    protocol_version = "HTTP/1.1"
    # Head and body leave in one write; the second of two would wait 40 ms for the client's
    # delayed acknowledgement on every kept connection.
    wbufsize = -1

    def handle(self) -> None:
        """Answer requests until the client, or a dropped connection, ends it."""
        self.close_connection = False
        try:
            while not self.close_connection:
                self.handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_args: Any) -> None:
        """Keep no access log: paths hold tokens, and what goes wrong is told to the client."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ = self.get_environ() | {
            "wsgi.input": BytesIO(body),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": self.get_stderr(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            SOCKET: self.connection,
        }
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            head[:] = [status, headers]

        content = b"".join(self.server.get_app()(environ, start_response))  # type: ignore[attr-defined]
        self._write(head[0], head[1], content)

    def _write(self, status: str, headers: list[tuple[str, str]], content: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response_only(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # http.server's names


@contextmanager
def serving(app: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Serve `app` from a thread for as long as the block lasts; yield its base URL."""
    server = LoopbackServer(app, port)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _drop(held: socket.socket) -> None:
    try:
        held.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The client was faster: there is nothing left to drop.
        return
