"""What speaks against joining a shift, in whole sentences to the volunteer."""

from flask_babel import gettext as _

from checkin.domain.errors import Problem
from checkin.operations.openings import Obstacle
from checkin.operations.welfare import Concern
from checkin.web import concern_words, errors
from checkin.web.digits import num
from checkin.web.filters import date_long, duration, isolate, plain_label, time_range
from checkin.web.i18n import current_locale


def said(obstacle: Obstacle) -> str:
    """One sentence; of a clash it says with what."""
    facts = obstacle.facts
    if obstacle.code == "clash":
        return _clash(facts)
    if obstacle.refuses:
        return errors.sentence(Problem(obstacle.code, **facts))
    if obstacle.code in _TOLD:
        return _TOLD[obstacle.code](facts)
    return concern_words.about(Concern(obstacle.code, facts, is_ahead=True))


def _clash(facts):
    return _("You are expected at %(site)s at the same time: %(day)s, %(times)s", **_which(facts))


def _which(facts):
    """Another shift: where, on which day and when."""
    zone = facts["zone"]
    name = facts["name_en"] if current_locale().lang == "en" else facts["name_ar"]
    return {
        "site": isolate(name or facts["name_ar"]),
        "day": date_long(facts["starts_at"], zone),
        "times": time_range(facts["starts_at"], facts["ends_at"], zone),
    }


_TOLD = {
    "rest_after": lambda facts: _(
        "Rest before your next shift: %(rest)s. Advised: %(least)s or more",
        rest=duration(facts["minutes"]),
        least=duration(facts["most"]),
    ),
    "rest_if_given": lambda facts: _(
        "You wait for a place at %(site)s, %(day)s, %(times)s. If you get it, the rest between the "
        "two shifts is %(rest)s. Advised: %(least)s or more",
        **_which(facts),
        rest=duration(facts["minutes"]),
        least=duration(facts["most"]),
    ),
    "unsure_women": lambda facts: _("This opportunity is for women"),
    "unsure_men": lambda facts: _("This opportunity is for men"),
    "unsure_age": lambda facts: _(
        "This opportunity is for volunteers from the age of %(least)s", least=num(facts["least"])
    ),
}
"""What somebody knows of themselves and confirms, and what rest comes after."""


def whom(opportunity) -> list[str]:
    """Whom a call is for, in few words; nothing when it is for everybody."""
    wanted = []
    if opportunity.gender is not None:
        wanted.append(_("For women") if opportunity.gender == "woman" else _("For men"))
    if opportunity.minimum_age is not None:
        wanted.append(_("From the age of %(least)s", least=num(opportunity.minimum_age)))
    if opportunity.requires is not None:
        course = isolate(plain_label(opportunity.requires))
        wanted.append(_("After the course %(course)s", course=course))
    return wanted
