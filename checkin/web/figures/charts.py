"""The charts of the dashboard: from figures to marks, each with the sentence that reads it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, groupby
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from checkin.domain.clock_hours import HOURS_IN_WEEK
from checkin.domain.days import week_of
from checkin.operations import figures
from checkin.operations.figures import Grouping
from checkin.operations.figures.first_time import NEW, RETURNING
from checkin.operations.figures.spans import Span
from checkin.operations.figures.timing import Day
from checkin.web.charts import Chart, Columns, Course, Heat, Mark, neat, part
from checkin.web.digits import in_digits, num
from checkin.web.figures.amounts import hours, in_hours, percent
from checkin.web.figures.goals import Goal
from checkin.web.figures.hour_words import between, day_of_week, hour_of_week, o_clock
from checkin.web.figures.narrowing import WORDS, Wanted
from checkin.web.filters import date_short, gregorian, isolate, month_long, month_short

HOUR = 60
MOST_DAYS, MOST_WEEKS, MOST_MONTHS = 31, 60, 84
"""How many columns of a kind a chart takes before it goes on to longer ones."""
MOST_NAMED = 14
"""How many months are called by their names below a chart."""


# --- over time ---------------------------------------------------------------------------------


class Step(NamedTuple):
    """How long a column of time is: its name, where the one that holds a day begins, and what
    stands below it."""

    title: Any
    heading: Any
    best: Any
    begin: Any
    following: Any
    tick: Any

    def beginnings(self, first: date, last: date) -> Iterator[date]:
        begin = self.begin(first)
        while begin <= last:
            yield begin
            begin = self.following(begin)


def _next_month(begin: date) -> date:
    return (begin + timedelta(days=31)).replace(day=1)


DAY = Step(
    _l("Hours by day"),
    _l("Day"),
    _l("Most on one day: %(hours)s, %(when)s."),
    lambda day: day,
    lambda begin: begin + timedelta(days=1),
    lambda begin: in_digits(str(begin.day)),
)
WEEK = Step(
    _l("Hours by week"),
    _l("Week"),
    _l("Most in one week: %(hours)s, %(when)s."),
    week_of,
    lambda begin: begin + timedelta(days=7),
    # of the first that begins in a month
    lambda begin: month_short(begin) if begin.day <= 7 else "",
)
MONTH = Step(
    _l("Hours by month"),
    _l("Month"),
    _l("Most in one month: %(hours)s, %(when)s."),
    lambda day: day.replace(day=1),
    _next_month,
    month_short,
)
YEAR = Step(
    _l("Hours by year"),
    _l("Year"),
    _l("Most in one year: %(hours)s, %(when)s."),
    lambda day: day.replace(month=1, day=1),
    lambda begin: begin.replace(year=begin.year + 1),
    lambda begin: in_digits(str(begin.year)),
)


def over_time(days: Sequence[Day], asked: Wanted) -> Columns | None:
    """Hours by day, week, month or year, whichever the days asked for are long enough for."""
    if not days:
        return None
    return _columns(_step_for((days[-1].on - days[0].on).days + 1), days, asked)


def by_month(days: Sequence[Day], asked: Wanted) -> Columns | None:
    """The same by month, however few or many there are."""
    return _columns(MONTH, days, asked) if days else None


def _columns(step: Step, days: Sequence[Day], asked: Wanted) -> Columns:
    first, last = days[0].on, days[-1].on
    begins = list(step.beginnings(first, last))
    sums = {begin: _summed(some) for begin, some in groupby(days, lambda day: step.begin(day.on))}
    marks = [_mark_of(step, begin, sums.get(begin, _summed([])), asked) for begin in begins]
    best = max(marks, key=lambda mark: mark.value)
    top = neat(best.value, HOUR)
    return Columns(
        title=str(step.title),
        reading=_best_of(step, best),
        headings=(
            *(str(step.heading), _("Hours")),
            *(pgettext("column", "Beneficiaries"), _("Records")),
        ),
        marks=marks,
        top=top,
        top_shown=num(top // HOUR),
        middle_shown=num(top // HOUR // 2),
        ends=_ends(marks),
        ticks=_ticks(step, begins),
    )


def _best_of(step: Step, best: Mark) -> str:
    if best.value <= 0:
        return _more_taken_back()
    return str(step.best) % {"hours": in_hours(best.value), "when": best.text}


def _more_taken_back() -> str:
    """Of an open month that counts the changes of closed ones."""
    return _("Later changes of closed months took away more hours than were approved.")


def _step_for(days: int) -> Step:
    if days <= MOST_DAYS:
        return DAY
    if days <= MOST_WEEKS * 7:
        return WEEK
    return MONTH if days <= MOST_MONTHS * 31 else YEAR


def _summed(days: Iterable[Day]) -> tuple[int, int, int]:
    some = list(days)
    return (
        sum(day.approved_minutes for day in some),
        sum(day.beneficiaries for day in some),
        sum(day.attendances for day in some),
    )


def _mark_of(step: Step, begin: date, sums: tuple[int, int, int], asked: Wanted) -> Mark:
    minutes, beneficiaries, attendances = sums
    end = step.following(begin) - timedelta(days=1)
    return Mark(
        text=_called(step, begin, end, asked),
        value=minutes,
        shown=hours(minutes),
        href=asked.of_days(begin, end) if attendances else None,
        cells=(num(beneficiaries), num(attendances)),
    )


def _called(step: Step, begin: date, end: date, asked: Wanted) -> str:
    """By its days where it is a week, or where not all of it is asked for."""
    first = max(begin, asked.filter.first or begin)
    last = min(end, asked.filter.last or end)
    if first == last:
        return date_short(first)
    if step is WEEK or (first, last) != (begin, end):
        days = date_short(first), date_short(last)
        return pgettext("days", "%(first)s to %(last)s", first=days[0], last=days[1])
    return month_long(begin) if step is MONTH else in_digits(str(begin.year))


def _ticks(step: Step, begins: Sequence[date]) -> tuple[tuple[float, str], ...]:
    """Names in the middle below columns; of many months only their years."""
    if step is MONTH and len(begins) > MOST_NAMED:
        named = [YEAR.tick(begin) if begin.month == 1 else "" for begin in begins]
    else:
        named = [step.tick(begin) for begin in begins]
    return tuple((place + 0.5, name) for place, name in enumerate(named) if name)


def _ends(marks: Sequence[Mark]) -> tuple[str, ...]:
    """The two ends of time in words; one stands for itself."""
    last = _("%(when)s, the latest", when=marks[-1].text)
    return (marks[0].text, last) if marks[1:] else (marks[0].text,)


# --- by site, service and partner ------------------------------------------------------------


class Told(NamedTuple):
    """A line of a table as the reader sees it."""

    name: str
    minutes: int
    href: str
    is_named: bool = True
    """Not the line of what has no partner or service."""


MOST_BARS = 8
TITLES: dict[Grouping, Any] = {
    Grouping.SITE: _l("By site"),
    Grouping.SERVICE: _l("By service"),
    Grouping.PARTNER: _l("By partner"),
    Grouping.MONTH: _l("By month"),
}
COLUMNS: dict[Grouping, Any] = {
    Grouping.SITE: _l("Site"),
    Grouping.SERVICE: _l("Service"),
    Grouping.PARTNER: _l("Partner"),
    Grouping.MONTH: _l("Month"),
}


def most_first(lines: Sequence[Told], everything: str) -> tuple[list[Mark], str]:
    """Bars of the lines with the most hours, the others together, which lead to where `everything`
    is; and the sentence."""
    gained = [line for line in lines if line.minutes > 0]
    # one alone is shown as itself
    most = MOST_BARS if len(gained) > MOST_BARS + 1 else len(gained)
    total, shown = sum(line.minutes for line in gained), gained[:most]
    bars = [Mark(line.name, line.minutes, hours(line.minutes), line.href) for line in shown]
    rest = total - sum(line.minutes for line in shown)
    if rest:
        # many together: a bar as long as theirs would leave nothing of the others
        others = _("All others (%(number)s)", number=num(len(gained) - len(shown)))
        bars.append(Mark(others, 0, hours(rest), everything))
    if not total:
        return bars, _without_bars(lines)
    best = next((line for line in shown if line.is_named), shown[0])
    told = {"name": isolate(best.name), "hours": in_hours(best.minutes, "after")}
    if len(gained) < sum(1 for line in lines if line.minutes):
        return bars, _("Most: %(name)s with %(hours)s.", **told) + " " + _elsewhere()
    told["share"] = percent(best.minutes, total)
    if best is shown[0]:
        return bars, _("Most: %(name)s with %(hours)s, %(share)s of all.", **told)
    told["rest"] = isolate(shown[0].name)
    return bars, _("Most after “%(rest)s”: %(name)s with %(hours)s, %(share)s of all.", **told)


def _elsewhere() -> str:
    """Of what is less than nought, which no bar shows."""
    return _("Later changes of closed months took hours away from others, as the table says.")


def _without_bars(lines: Sequence[Told]) -> str:
    if any(line.minutes for line in lines):
        return _more_taken_back()
    return _("No hours were approved; what waits stands in the table.") if lines else ""


# --- the hours of the week -------------------------------------------------------------------


def by_hour(minutes: Sequence[int], asked: Wanted, more: str = "") -> Columns | None:
    """Hours volunteered in each hour of the day; `more` is said below."""
    sums = [sum(minutes[hour::24]) for hour in range(24)]
    if not any(sums):
        return None
    marks = [
        Mark(between(hour), value, hours(value), asked.address(hour=hour) if value else None)
        for hour, value in enumerate(sums)
    ]
    best = max(marks, key=lambda mark: mark.value)
    top = neat(best.value, HOUR)
    told = {"when": best.text, "share": percent(best.value, sum(sums))}
    return Columns(
        title=_("By hour of day"),
        reading=_("Most hours: %(when)s, %(share)s of all.", **told),
        headings=(_("Hour"), _("Hours")),
        marks=marks,
        note=_sentences(
            _("Approved time counts from the check-in on, in the clock hours it fell into."), more
        ),
        top=top,
        top_shown=num(top // HOUR),
        middle_shown=num(top // HOUR // 2),
        ends=tuple(o_clock(hour) for hour in (0, 6, 12, 18, 24)),
    )


def week(minutes: Sequence[int], asked: Wanted, more: str = "") -> Heat | None:
    """The hours of the week, standing out the more was volunteered in them."""
    if not any(minutes):
        return None
    marks = [_hour_of_week(at, minutes[at], asked) for at in range(HOURS_IN_WEEK)]
    best = max(marks, key=lambda mark: mark.value)
    told = {"when": best.text, "hours": in_hours(best.value, "after")}
    return Heat(
        title=_("The week by day and hour"),
        reading=_("Most hours: %(when)s, with %(hours)s.", **told),
        headings=(_("Day and hour"), _("Hours")),
        marks=[mark for mark in marks if mark.value],
        rows=[(day_of_week(day), marks[day * 24 : day * 24 + 24]) for day in range(7)],
        ends=tuple(o_clock(hour) for hour in (0, 6, 12, 18, 24)),
        note=_sentences(_("The more a cell stands out, the more hours."), more),
    )


def _sentences(*said: str) -> str:
    return " ".join(filter(None, said))


def _hour_of_week(at: int, minutes: int, asked: Wanted) -> Mark:
    day, hour = divmod(at, 24)
    href = asked.address(weekday=day, hour=hour) if minutes else None
    return Mark(hour_of_week(at), minutes, hours(minutes), href)


# --- who is new ------------------------------------------------------------------------------


def new_and_returning(
    people: dict[date, int], newcomers: dict[date, int], asked: Wanted, more: str = ""
) -> Columns | None:
    """Of the people of each month, how many had never served before.

    `people` by the first day of a month, `newcomers` by the day they first served.
    """
    new = by_month_of(newcomers)
    served = [begin for begin, count in people.items() if count]
    if not served:
        return None
    begins = list(MONTH.beginnings(min(served), max(served)))
    marks = [_people_of(one, people.get(one, 0), new.get(one, 0), asked) for one in begins]
    best = max(marks, key=lambda mark: mark.second)
    top = neat(max(mark.value + mark.second for mark in marks), 2)
    told = {"when": best.text, "number": num(best.second)}
    most = _("Most new volunteers in one month: %(number)s, %(when)s.", **told)
    return Columns(
        title=_("New and returning volunteers"),
        reading=most if best.second else _("All of them had volunteered before."),
        headings=(_("Month"), _("Returning"), pgettext("volunteers", "New"), _("Volunteers")),
        marks=marks,
        top=top,
        top_shown=num(top),
        middle_shown=num(top // 2),
        ends=_ends(marks),
        ticks=_ticks(MONTH, begins),
        keys=(_("Returning"), _("For the first time")),
        note=_sentences(
            _("Somebody who served in two months counts in both, and once in the total."),
            new_here(asked),
            more,
        ),
    )


def by_month_of(newcomers: Mapping[date, int]) -> Counter[date]:
    """How many are new in each month, by its first day."""
    new = Counter[date]()
    for day, number in newcomers.items():
        new[day.replace(day=1)] += number
    return new


def new_here(asked: Wanted) -> str:
    """Whom it means by new, where not everything is shown."""
    if asked.filter.reach.everywhere and not asked.said:
        return ""
    return _("New means for the first time in what is shown here, not for the first time at all.")


def _people_of(begin: date, people: int, new: int, asked: Wanted) -> Mark:
    returning, end = max(people - new, 0), _next_month(begin) - timedelta(days=1)
    days = asked.within(begin, end)
    return Mark(
        text=month_long(begin),
        value=returning,
        shown=num(returning),
        href=asked.of_days(begin, end) if people else None,
        second=new,
        cells=(num(new), num(people)),
        links=(
            asked.of_people(RETURNING, **days) if returning else "",
            asked.of_people(NEW, **days) if new else "",
        ),
    )


SAID_AS: dict[int, str] = dict(
    zip((figures.MAN, figures.WOMAN, figures.UNSAID), figures.GENDERS, strict=True)
)
"""What an address calls each gender."""
GENDERS: dict[int, Any] = {key: WORDS["gender"][word] for key, word in SAID_AS.items()}


def by_gender(shares: Mapping[int, figures.Share], asked: Wanted) -> Chart | None:
    """Men, women and those who did not say; together all volunteers."""
    total = sum(share.volunteers for share in shares.values())
    if not total:
        return None
    marks = [
        Mark(
            text=str(GENDERS[gender]),
            value=share.volunteers,
            shown=num(share.volunteers),
            href=asked.address(gender=SAID_AS[gender]) if share.attendances else None,
            cells=(hours(share.approved_minutes), num(share.attendances)),
        )
        for gender, share in shares.items()
    ]
    told = {mark.text: percent(mark.value, total) for mark in marks}
    reading = " · ".join(f"{isolate(text)} {share}" for text, share in told.items())
    return Chart(
        title=_("Men and women"),
        reading=reading,
        headings=(_("Gender"), pgettext("column", "Volunteers"), _("Hours"), _("Records")),
        marks=marks,
        total=Mark(
            text=_("Total"),
            value=total,
            shown=num(total),
            href=asked.address(),
            cells=(
                hours(sum(share.approved_minutes for share in shares.values())),
                num(sum(share.attendances for share in shares.values())),
            ),
        ),
    )


# --- towards a target ------------------------------------------------------------------------


UNITS = {"hours": HOUR, "volunteers": 1, "beneficiaries": 1, "attendances": 1}
"""The figures of a target that are known by day, and what their numbers of a day are counted in."""
ByDay = Sequence[tuple[date, int]]


def by_day(figure: str, days: Sequence[Day], first_days: Mapping[date, int]) -> ByDay:
    """What each day added to a figure; people are added where they first served."""
    if figure == "volunteers":
        return sorted(first_days.items())
    name = "approved_minutes" if figure == "hours" else figure
    return [(day.on, getattr(day, name)) for day in days]


def course(goal: Goal, days: ByDay, today: date, asked: Wanted) -> Course:
    """The way to a target so far, beside an even one."""
    unit, span = UNITS[goal.key], goal.standing.span
    target = goal.amount * unit
    reached = accumulate(value for _on, value in days)
    until = min(today, span.last)
    sums = zip((on for on, _value in days), reached, strict=True)
    gone = [(on, value) for on, value in sums if on <= until]
    top = neat(max(target, *(value for _on, value in gone), 1), unit)
    points = [(0, 0), *((_gone(span, on), part(value, top)) for on, value in gone)]
    if until >= span.first:
        points.append((_gone(span, until), points[-1][1]))
    return Course(
        title=_("%(figure)s: the target of %(year)s", figure=goal.figure, year=goal.year),
        reading=" · ".join(filter(None, (goal.progress, goal.tag[2], goal.pace))),
        headings=(_("Until"), _("Reached")),
        marks=[
            Mark(gregorian(on), value, num(value // unit), asked.of_days(span.first, on))
            for on, value in _month_ends(gone)
        ],
        top=top,
        top_shown=num(top // unit),
        middle_shown=num(top // unit // 2),
        ends=(gregorian(span.first), gregorian(span.last)),
        keys=(_("Reached"), _("An even pace to the target")),
        points=points,
        target=target,
    )


def _gone(span: Span, day: date) -> int:
    """How much of the year is over with this day."""
    return part((day - span.first).days + 1, (span.last - span.first).days + 1)


def _month_ends(gone: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """The last that is known of each month."""
    return [list(some)[-1] for _month, some in groupby(gone, lambda one: one[0].replace(day=1))]
