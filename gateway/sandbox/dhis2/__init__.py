"""A stand-in for a DHIS2 server: both importers, a ledger of every write, fault switches."""

from gateway.sandbox.dhis2.access import DEFAULT_PASSWORD, DEFAULT_TOKEN, DEFAULT_USERNAME
from gateway.sandbox.dhis2.app import create_app
from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.sandbox import Sandbox

__all__ = [
    "DEFAULT_PASSWORD",
    "DEFAULT_TOKEN",
    "DEFAULT_USERNAME",
    "Kind",
    "Sandbox",
    "create_app",
]
