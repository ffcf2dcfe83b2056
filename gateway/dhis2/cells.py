"""Every cell of a data set that a form feeds, with the agent's own code for it. Pure."""

from dataclasses import dataclass

from gateway.dhis2.metadata import days_out_target, field_target
from menus.model.catalogue import Form


@dataclass(frozen=True, slots=True)
class Mapped:
    """One cell: data element and category option combo by UID. `code` is the agent's own; days
    without the product are told by a J after it."""

    code: str
    element: str
    combo: str

    @property
    def key(self) -> str:
        """As plans and the outbox name it."""
        return f"{self.element}.{self.combo}"


def cells_of(form: Form) -> list[Mapped]:
    """In the form's order; what is not sent has no cell."""
    return [
        Mapped(code, *target)
        for one in form.fields
        for code, target in (
            (one.code, field_target(form, one.code)),
            (f"{one.code} J", days_out_target(form, one.code)),
        )
        if target is not None
    ]
