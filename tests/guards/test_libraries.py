"""The libraries: each is imported in the rooms that are there for it, and nowhere else."""

import sys
from fnmatch import fnmatch
from pathlib import Path

from tests.guards.tree import PACKAGES, imports, listed, product_files, relative

# What a room may touch: SQL and Redis in storage, the network in transports, and so on.
# `menus` does without any library.
MAY_IMPORT = {
    "africastalking": ("gateway/transports/*",),
    "alembic": ("gateway/storage/*",),
    "click": ("gateway/cli/*",),
    "flask": ("gateway/web/*", "gateway/console/*", "gateway/sandbox/*"),
    "fpdf": ("gateway/cli/card_pdf.py",),
    "granian": ("gateway/web/__main__.py",),
    "phonenumbers": ("gateway/model/phone.py",),
    "prometheus_client": ("gateway/diagnostics/metrics.py", "gateway/web/health.py"),
    "psycopg": ("gateway/storage/*",),
    "redis": ("gateway/storage/dialogues.py", "gateway/transports/queue.py", "workers/*"),
    "requests": ("gateway/transports/*", "gateway/sandbox/*"),
    "rq": ("gateway/transports/queue.py", "workers/*"),
    "sqlalchemy": ("gateway/storage/*",),
    "structlog": ("gateway/*", "workers/*"),
    "urllib3": ("gateway/transports/*",),
    "werkzeug": ("gateway/web/*", "gateway/console/*", "gateway/sandbox/*"),
}


def strangers(path: Path, place: str) -> list[str]:
    """Return the libraries that a file imports without being named for them."""
    found = []
    for each in imports(path):
        library = each.name.partition(".")[0]
        if library in sys.stdlib_module_names or library in PACKAGES:
            continue
        if not any(fnmatch(place, pattern) for pattern in MAY_IMPORT.get(library, ())):
            found.append(f"{place}, line {each.line}: {each.name}")
    return found


def test_each_library_is_imported_in_its_rooms_alone() -> None:
    found = [line for path in product_files() for line in strangers(path, relative(path))]
    assert not found, listed(found, "not its room: MAY_IMPORT has the table")


def test_the_guard_sees_a_library_in_another_room(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text("import json\nfrom sqlalchemy import text\nimport unheard_of\n")
    assert strangers(path, "gateway/storage/sample.py") == [
        "gateway/storage/sample.py, line 3: unheard_of"
    ]
    assert len(strangers(path, "gateway/web/sample.py")) == 2
    assert len(strangers(path, "menus/sample.py")) == 2
