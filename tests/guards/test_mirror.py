"""The mirror: each module has a test file at its place under tests/, or one that stands in."""

from pathlib import Path

from tests.guards.tree import PACKAGES, ROOT, listed, product_files, relative

# Modules without a test file of their own, and the one that covers each. A module that gains a
# file leaves the table.
COVERED_ELSEWHERE = {
    "gateway/__main__.py": "tests/gateway/cli/test_help.py",
    "gateway/dhis2/attempt.py": "tests/gateway/dhis2/test_delivery.py",
    "gateway/dhis2/cells.py": "tests/gateway/dhis2/test_who_chis.py",
    "gateway/dhis2/claim.py": "tests/gateway/dhis2/test_forwarding_at_once.py",
    "gateway/dhis2/org_units.py": "tests/gateway/cli/test_metadata.py",
    "gateway/dhis2/plans.py": "tests/gateway/dhis2/test_forwarding.py",
    "gateway/dhis2/reasons.py": "tests/gateway/dhis2/test_refusal_notices.py",
    "gateway/dhis2/rerouting.py": "tests/gateway/dhis2/test_forwarding_moves.py",
    "gateway/dhis2/server.py": "tests/gateway/dhis2/test_delivery.py",
    "gateway/dhis2/settlement.py": "tests/gateway/dhis2/test_forwarding_trouble.py",
    "gateway/notifications/reminder_text.py": "tests/gateway/notifications/test_reminders.py",
    "gateway/outbound/delivery_reports.py": "tests/gateway/web/test_africastalking.py",
    "gateway/outbound/sending.py": "tests/gateway/outbound/test_replies.py",
    "gateway/referrals/notifications.py": "tests/gateway/referrals/test_follow_up.py",
    "gateway/referrals/texts.py": "tests/gateway/commands/test_referral.py",
    "gateway/roster/site_names.py": "tests/gateway/conversation/test_own_sites.py",
    "gateway/storage/conversations.py": "tests/gateway/conversation/test_interpretation.py",
    "gateway/storage/counters.py": "tests/gateway/storage/test_destinations_and_counters.py",
    "gateway/storage/destinations.py": "tests/gateway/storage/test_destinations_and_counters.py",
    "gateway/storage/digests.py": "tests/gateway/stock/test_alerts.py",
    "gateway/storage/forward_status.py": "tests/gateway/dhis2/test_reconciliation.py",
    "gateway/storage/forwards.py": "tests/gateway/storage/test_outbox.py",
    "gateway/storage/handovers.py": "tests/gateway/notifications/test_handover.py",
    "gateway/storage/number_changes.py": "tests/gateway/commands/test_number_change.py",
    "gateway/storage/outbox_sms.py": "tests/gateway/storage/test_outbox.py",
    "gateway/storage/people.py": "tests/gateway/referrals/test_follow_up.py",
    "gateway/storage/recipients.py": "tests/gateway/notifications/test_reminders.py",
    "gateway/storage/referral_forwards.py": "tests/gateway/dhis2/test_events.py",
    "gateway/storage/referrals.py": "tests/gateway/commands/test_referral.py",
    "gateway/storage/roster_import.py": "tests/gateway/storage/test_roster.py",
    "gateway/storage/scheduled_runs.py": "tests/gateway/notifications/test_reminders.py",
    "gateway/storage/sql_in.py": "tests/gateway/storage/test_roster.py",
    "gateway/storage/stock.py": "tests/gateway/stock/test_stockouts.py",
    "gateway/storage/stock_counts.py": "tests/gateway/stock/test_stock_on_hand.py",
    "gateway/storage/supervision.py": "tests/gateway/commands/test_supervisor_queries.py",
    "gateway/storage/validations.py": "tests/gateway/reports/test_validation.py",
    "gateway/storage/verdict_recipients.py": "tests/gateway/dhis2/test_refusal_notices.py",
    "gateway/storage/versions.py": "tests/gateway/storage/test_reports.py",
    "gateway/ussd/caller.py": "tests/gateway/ussd/test_hop.py",
    "gateway/ussd/dialogue_end.py": "tests/gateway/ussd/test_hop.py",
    "gateway/ussd/effects.py": "tests/gateway/ussd/test_hop.py",
    "gateway/ussd/reports.py": "tests/gateway/ussd/test_hop.py",
}
# Alembic's files and the tables are tested as a whole, by tests/gateway/storage/test_schema.py.
WITHOUT = ("gateway/storage/migrations/", "gateway/storage/tables/")


def modules() -> list[Path]:
    """Return every module that must be covered."""
    return [
        path
        for path in product_files()
        if path.name != "__init__.py" and not relative(path).startswith(WITHOUT)
    ]


def own_tests(module: Path) -> Path:
    """Return the place of a module's own test file; `__main__.py` has test_main.py."""
    folder = ROOT / "tests" / module.relative_to(ROOT).parent
    return folder / f"test_{module.stem.strip('_')}.py"


def test_each_module_has_a_test_file_or_stands_in_the_table() -> None:
    found = {relative(path) for path in modules() if not own_tests(path).exists()}
    more = sorted(found - COVERED_ELSEWHERE.keys())
    assert not more, listed(more, "give it a test file at the mirrored place")
    less = sorted(COVERED_ELSEWHERE.keys() - found)
    assert not less, listed(less, "it has its own tests, or is gone: take it out of the table")


def test_what_stands_in_exists() -> None:
    found = [name for name in COVERED_ELSEWHERE.values() if not (ROOT / name).is_file()]
    assert not found, listed(found, "no such test file")
    assert list(COVERED_ELSEWHERE) == sorted(COVERED_ELSEWHERE)


def test_the_mirror_knows_its_places() -> None:
    assert relative(own_tests(ROOT / "menus/gsm7.py")) == "tests/menus/test_gsm7.py"
    assert relative(own_tests(ROOT / "workers/__main__.py")) == "tests/workers/test_main.py"
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(PACKAGES)
