"""The web application: the only room with Flask beside the sandboxes."""

from gateway.web.app import create_app

__all__ = ["create_app"]
