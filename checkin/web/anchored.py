"""Fields for the two ends of a shift: a time of the clock, or so many minutes from a prayer."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, StopValidation

from checkin.domain.prayer import MOST_OFFSET, PRAYED, Anchor, End, Prayer
from checkin.web.fields import IntegerField, TimeField, Within
from checkin.web.prayer_words import PRAYERS

SIDES = {"after": _l("After the prayer"), "before": _l("Before the prayer")}


class UnlessPrayer:
    """A time is needed where no prayer was chosen, and says nothing where one was."""

    def __init__(self, end: str) -> None:
        self.end = end

    def __call__(self, form: Any, field: Any) -> None:
        if form[f"{self.end}_prayer"].data:
            field.errors = []
            raise StopValidation()
        if not any(text.strip() for text in field.raw_data or []):
            field.errors = []
            raise StopValidation(_("Fill in: %(field)s", field=field.label.text))


def _prayer(label: Any) -> Any:
    choices = [SelectChoice("", _l("By the clock"))]
    choices += [SelectChoice(one.value, PRAYERS[one]) for one in (*PRAYED, Prayer.SUNRISE)]
    return SelectField(label, choices=choices, default="")


def _side(label: Any) -> Any:
    return SelectField(
        label, choices=[SelectChoice(*side) for side in SIDES.items()], default="after"
    )


def _minutes(label: Any) -> Any:
    return IntegerField(label, validators=[Optional(), Within(0, MOST_OFFSET)], default=0)


class AnchoredEnds:
    """Where each end is said by a prayer, that holds instead of its time."""

    starts = TimeField(_l("Starts at"), validators=[UnlessPrayer("starts")])
    ends = TimeField(
        _l("Ends at"),
        validators=[UnlessPrayer("ends")],
        description=_l("Not after the start: the next day"),
    )
    starts_prayer = _prayer(_l("Starts by a prayer"))
    starts_minutes = _minutes(_l("Minutes from the prayer to the start"))
    starts_side = _side(_l("The start is"))
    ends_prayer = _prayer(_l("Ends by a prayer"))
    ends_minutes = _minutes(_l("Minutes from the prayer to the end"))
    ends_side = _side(_l("The end is"))

    def end(self, name: str) -> End:
        """How `starts` or `ends` was said."""
        fields: Any = self
        prayer = fields[f"{name}_prayer"].data
        if not prayer:
            return fields[name].data
        minutes = fields[f"{name}_minutes"].data or 0
        return Anchor(prayer, -minutes if fields[f"{name}_side"].data == "before" else minutes)

    @property
    def by_prayer(self) -> bool:
        """Whether these fields are in use, and so are shown at once."""
        fields: Any = self
        names = ("starts_prayer", "ends_prayer")
        wrong = ("starts_minutes", "ends_minutes")
        return any(fields[one].data for one in names) or any(fields[one].errors for one in wrong)


def filled(starts: End, ends: End) -> dict[str, Any]:
    """What stands in the fields for these two ends."""
    values: dict[str, Any] = {}
    for name, end in (("starts", starts), ("ends", ends)):
        if not isinstance(end, Anchor):
            values[name] = end
            continue
        values[f"{name}_prayer"] = end.prayer
        values[f"{name}_minutes"] = abs(end.offset)
        values[f"{name}_side"] = "before" if end.offset < 0 else "after"
    return values
