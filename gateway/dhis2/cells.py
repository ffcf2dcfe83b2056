"""Every cell of a data set that a form feeds, with the agent's own code for it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.dhis2.metadata import days_out_target, field_target
from menus.model.catalogue import Form

CellKey = str  # "data element UID.category option combo UID"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One cell: data element and category option combo by UID.

    `field` is the agent's own code. In `code`, days without the product have a J after it.
    """

    field: str
    code: str
    element: str
    combo: str

    @property
    def key(self) -> CellKey:
        """Return the cell's name in plans and in the outbox."""
        return f"{self.element}.{self.combo}"


def cells_of(form: Form) -> list[Mapped]:
    """Return the cells in the form's order; what is not sent has no cell."""
    return list(_cells(form))


def codes_of(form: Form) -> dict[CellKey, str]:
    """Return the agent's own code of every cell that the form feeds."""
    return {cell.key: cell.field for cell in _cells(form)}


def _cells(form: Form) -> Iterator[Mapped]:
    for field in form.fields:
        code = field.code
        targets = ((code, field_target(form, code)), (f"{code} J", days_out_target(form, code)))
        for name, target in targets:
            if target is not None:
                yield Mapped(code, name, *target)
