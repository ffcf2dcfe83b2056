"""Run the sandbox DHIS2 in a process of its own, on loopback, until SIGTERM or Ctrl-C."""

import signal
import sys
from collections.abc import Callable, Iterable

from gateway.sandbox.dhis2.app import create_app
from gateway.sandbox.dhis2.faults import Fault
from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.summary import Family
from gateway.sandbox.serving import LoopbackServer


def serve(
    family: Family,
    port: int,
    metadata: Json,
    faults: Iterable[Fault] = (),
    *,
    account: dict[str, str],
    ready: Callable[[str], object],
) -> None:
    """Serve a DHIS2 with this metadata and these faults until the process is told to end.

    `account` holds those of `username`, `password` and `token` that replace the sandbox's own;
    port 0 takes a free port; `ready` is called with the base URL before the first request. Raises
    ValueError with each fault of the metadata, OSError when the port is taken.
    """
    app = create_app(family, **account)  # type: ignore[arg-type]  # its names are of strings alone
    sandbox: Sandbox = app.extensions["dhis2"]
    sandbox.load(metadata)
    for fault in faults:
        sandbox.faults.add(fault)
    server = LoopbackServer(app, port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ready(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return
    finally:
        server.server_close()
