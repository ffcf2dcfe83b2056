"""Every table of the database. The migrations create them; a test compares the two."""

from gateway.storage.tables.base import ALWAYS, LANES, Document, Id, Moment, metadata
from gateway.storage.tables.messages import conversations, inbox, lanes
from gateway.storage.tables.outbox import delivery_reports, destinations, opt_outs, outbox
from gateway.storage.tables.people import number_changes, org_unit_terms, org_units, posts
from gateway.storage.tables.reports import report_versions, reports
from gateway.storage.tables.service import runs, secrets, tallies
from gateway.storage.tables.stock_and_referrals import referrals, stock_outs, stock_receipts

__all__ = [
    "ALWAYS",
    "LANES",
    "Document",
    "Id",
    "Moment",
    "conversations",
    "delivery_reports",
    "destinations",
    "inbox",
    "lanes",
    "metadata",
    "number_changes",
    "opt_outs",
    "org_unit_terms",
    "org_units",
    "outbox",
    "posts",
    "referrals",
    "report_versions",
    "reports",
    "runs",
    "secrets",
    "stock_outs",
    "stock_receipts",
    "tallies",
]
