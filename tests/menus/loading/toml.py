"""A table read from TOML text, with the list of its faults."""

import tomllib

from menus.loading.tables import Table


def table_of(text: str) -> Table:
    """Return the table of a TOML text, as if it stood in `file.toml`."""
    return Table("file.toml", tomllib.loads(text), [])
