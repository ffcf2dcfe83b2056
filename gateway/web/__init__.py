"""The doors: the only room with Flask."""

from gateway.web.app import create_app

__all__ = ["create_app"]
