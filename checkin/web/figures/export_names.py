"""What a file of figures is about, in words, for the list of files taken out."""

from collections.abc import Callable

from flask.blueprints import BlueprintSetupState

from checkin.operations.exporting import Asked
from checkin.operations.permissions import Reach
from checkin.web.export_words import ABOUT
from checkin.web.figures import first_time, report_asked
from checkin.web.figures.blueprint import bp
from checkin.web.figures.books import opened
from checkin.web.figures.listing import HEADINGS, measure_asked
from checkin.web.figures.narrowing import Wanted, wanted, wanted_of_list
from checkin.web.figures.periods import Period, chosen


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    lists = {"attendances": of_list, "new_and_returning": of_people}
    named = {"dashboard": of_dashboard, "report": of_report, **lists}
    state.app.extensions.setdefault(ABOUT, {}).update(named)


def of_dashboard(asked: Asked) -> list[str]:
    with opened("/figures", asked):
        return _narrowed(asked, wanted)


def of_list(asked: Asked) -> list[str]:
    with opened("/figures/attendances", asked):
        return [str(HEADINGS[measure_asked()]), *_narrowed(asked, wanted_of_list)]


def of_people(asked: Asked) -> list[str]:
    with opened("/figures/people", asked):
        listed, who = first_time.asked_people(asked.reach)
        return [str(first_time.HEADINGS[who]), *listed.in_words]


def of_report(asked: Asked) -> list[str]:
    with opened("/figures/reports", asked):
        found = report_asked.asked(asked.reach)
        return [found.title, *found.about] if found else []


def _narrowed(asked: Asked, read: Callable[[Reach, Period], Wanted]) -> list[str]:
    return read(asked.reach, chosen()).in_words
