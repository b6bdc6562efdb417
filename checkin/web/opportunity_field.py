"""A field that finds one of thousands of opportunities by its name, with a script or without.

It sends three values: the id chosen, under the field's own name; what was typed, under `…-name`;
and where several had that name, the one chosen of them, under `…-pick`, which holds as long as
`…-asked` is what was typed.
"""

from typing import Any

import wtforms
from flask_babel import gettext as _
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from checkin.models import Opportunity
from checkin.operations.plan.choosing import opportunities_like, opportunity
from checkin.web.fields import row_number
from checkin.web.filters import plain_label

MOST_OFFERED = 20


class OpportunityField(wtforms.Field):
    """An opportunity's id; `offered` are those that have the name typed, when several have."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.flags.required = True
        self.typed: str | None = None
        self.offered: list[Opportunity] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        sent = formdata if formdata is not None else {}
        self.typed = sent.get(f"{self.name}-name")
        self._pick = sent.get(f"{self.name}-pick")
        self._asked = sent.get(f"{self.name}-asked")
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = _number(valuelist[0]) if valuelist else None
        if self.typed is None or self._says(self.data):
            return
        typed = self.typed.strip()
        self.data = _number(self._pick) if typed and typed == self._asked else None
        if typed and self.data is None:
            self._find(typed)

    def pre_validate(self, _form: Any) -> None:
        if self.offered:
            raise StopValidation(_("Several opportunities have this name. Choose one of them"))
        if self.data is None and self.typed and self.typed.strip():
            raise StopValidation(_("No opportunity in use has this name. Check the spelling"))
        if opportunity(self.data) is None:
            raise StopValidation(_("Fill in: %(field)s", field=self.label.text))

    @property
    def shown(self) -> str:
        """What stands in the box: the name chosen, or what was typed in vain."""
        chosen = opportunity(self.data)
        return plain_label(chosen) if chosen is not None else self.typed or ""

    def _says(self, chosen: int | None) -> bool:
        """Whether what was typed is the name of the one chosen."""
        found = opportunity(chosen)
        return found is not None and (self.typed or "").strip() in (found.name_ar, found.name_en)

    def _find(self, typed: str) -> None:
        found = list(opportunities_like(typed, MOST_OFFERED))
        same = [one for one in found if typed in (one.name_ar, one.name_en)]
        if len(same or found) == 1:
            self.data = (same or found)[0].id
        else:
            self.offered = same or found


def _number(text: str | None) -> int | None:
    try:
        return row_number(text or "")
    except ValueError:
        return None
