"""What a coordinator fills in about a service."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from checkin.operations.services import LONGEST_LIMIT, SHORTEST_LIMIT, ServicePlan
from checkin.web.fields import Form, name_field, number_field, worded

COUNTED_BY = {
    "volunteer": _l("Every volunteer, at check-out"),
    "lane": _l("The lane’s counter, shared"),
    "nobody": _l("Nobody"),
}
MOST_PER_HOUR = 10_000


class ServiceForm(Form):
    name_ar = name_field(_l("Name in Arabic"))
    name_en = name_field(_l("Name in English"), optional=True)
    counted_by = RadioField(
        _l("Who counts the people served?"), choices=worded(COUNTED_BY), default="volunteer"
    )
    low_per_hour = number_field(_l("Fewest people served in an hour"), 0, MOST_PER_HOUR, default=0)
    high_per_hour = number_field(
        _l("Most people served in an hour"),
        *(0, MOST_PER_HOUR),
        default=60,
        description=_l("A number outside these two is asked about once more, never refused"),
    )

    longest_minutes = number_field(
        _l("Heavy work: minutes one person should do in a day"),
        *(SHORTEST_LIMIT, LONGEST_LIMIT),
        optional=True,
        description=_l("Empty: no heavy work. Whoever does more is told, and never refused"),
    )

    @property
    def plan(self) -> ServicePlan:
        return ServicePlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data or "",
            counted_by=self.counted_by.data,
            low_per_hour=self.low_per_hour.data,
            high_per_hour=self.high_per_hour.data,
            longest_minutes=self.longest_minutes.data,
        )
