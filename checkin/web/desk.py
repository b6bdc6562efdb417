"""A partner's own desk: what its reader sees and exports of its members, and of nobody else."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Attendance, Partner
from checkin.operations import desk
from checkin.operations.figures import Measure, later, spans
from checkin.operations.figures.of_partner import days_of_partner, last_year_of_partner, of_partner
from checkin.operations.figures.spans import Span
from checkin.web import clock, record_words
from checkin.web.csv_file import csv_file
from checkin.web.digits import in_digits, num
from checkin.web.fields import row_number
from checkin.web.figures import closed
from checkin.web.figures.periods import name_of, years_between
from checkin.web.filters import plain_label
from checkin.web.guard import requires

bp = Blueprint("desk", __name__, url_prefix="/desk")

HEADINGS: dict[Measure, Any] = {
    Measure.APPROVED: _l("Approved records"),
    Measure.WAITING: _l("Records waiting for approval"),
    Measure.COURSES: _l("Course and meeting attendance"),
}


@bp.get("")
@requires(Permission.READ_MEMBERS)
def index():
    """To the one desk a reader has, or a choice of them."""
    reach = _reach()
    found = desk.partners_within(reach)
    if len(found) == 1 and not reach.everywhere:
        return redirect(url_for(".show", partner_id=found[0].id), 303)
    return render_template("desk/index.html", partners=found)


@bp.get("/<int:partner_id>")
@requires(Permission.READ_MEMBERS)
def show(partner_id: int):
    partner = _partner(partner_id)
    year, this_year = _opening_year(partner_id), Span(_today().year)
    totals, months, opportunities = of_partner(partner_id, year)
    return render_template(
        "desk/show.html",
        partner=partner,
        year=year,
        years=_years(partner_id),
        instead_of=None if "year" in request.args or year == this_year else this_year,
        totals=totals,
        months=months,
        month_of=lambda day: _month(day, year),
        opportunities=opportunities,
        moved=_moved(partner_id, (year.first, year.last)),
        coming=desk.coming(partner_id, clock.now()),
        members=desk.member_count(partner_id, year),
        hours=hours,
        name_of=name_of,
    )


@bp.get("/<int:partner_id>/members")
@requires(Permission.READ_MEMBERS)
def members(partner_id: int):
    partner, year, text = _partner(partner_id), _year(), _text()
    return render_template(
        "desk/members.html",
        partner=partner,
        year=year,
        text=text,
        found=desk.members(partner_id, year, text, _page()),
        moved=_moved(partner_id, (year.first, year.last)),
        hours=hours,
        name_of=name_of,
    )


@bp.post("/<int:partner_id>/members/export")
@requires(Permission.READ_MEMBERS)
def export_members(partner_id: int):
    partner, year = _partner(partner_id), _year()
    found = desk.all_members(partner_id, year, _text())
    _note(partner, "members", len(found))
    headings = [
        *(_("Number"), _("Name"), _("Member from"), _("Until")),
        *(_("Hours"), _("Waiting"), _("Beneficiaries"), _("Records")),
    ]
    rows = [
        [
            *(str(one.person_id), one.name, f"{one.from_on}", f"{one.until_on or ''}"),
            *(_plain(one.approved_minutes), _plain(one.waiting_minutes)),
            *(str(one.beneficiaries), str(one.attendances)),
        ]
        for one in found
    ]
    return csv_file(f"members-{partner_id}-{year.key}.csv", [headings, *rows])


@bp.get("/<int:partner_id>/members/<int:person_id>")
@requires(Permission.READ_MEMBERS)
def member(partner_id: int, person_id: int):
    partner = _partner(partner_id)
    person, found = desk.of_member(partner_id, person_id, _page())
    return render_template(
        "desk/member.html", partner=partner, person=person, found=found, states=record_words.STATES
    )


@bp.get("/<int:partner_id>/attendances")
@requires(Permission.READ_MEMBERS)
def attendances(partner_id: int):
    partner, measure, (days, about) = _partner(partner_id), _measure(), _days()
    return render_template(
        "desk/attendances.html",
        partner=partner,
        heading=str(HEADINGS[measure]),
        about=about,
        found=desk.attendances(partner_id, measure, days, _page()),
        moved=_moved(partner_id, days),
        states=record_words.STATES,
        asked=_asked,
    )


@bp.post("/<int:partner_id>/attendances/export")
@requires(Permission.READ_MEMBERS)
def export_attendances(partner_id: int):
    partner, measure, (days, _about) = _partner(partner_id), _measure(), _days()
    found = desk.all_attendances(partner_id, measure, days)
    _note(partner, measure.value, len(found))
    headings = [
        *(_("Day"), _("Number"), _("Name"), _("Opportunity"), _("Site")),
        *(_("Hours"), _("Beneficiaries"), _("Status")),
    ]
    name = f"attendance-{partner_id}-{days[0]}-{days[1]}.csv"
    return csv_file(name, [headings, *map(_cells, found)])


def _moved(partner_id: int, days: tuple[date, date]) -> list[str]:
    """Why the figures of closed months are not what their records come to, where they are not."""
    return closed.moved(later.shut(desk.filter_of(partner_id, days)))


# --- what the address asks for ---------------------------------------------------------------


def _reach():
    return current_user.reach(Permission.READ_MEMBERS)


def _partner(partner_id: int) -> Partner:
    return desk.find(partner_id, _reach())


def _today() -> date:
    return local_day(clock.now(), current_app.config["ZONE"])


def _year() -> Span:
    """The year in the address, of either calendar, or this one."""
    key = request.args.get("year", "")
    return _span(key, is_month=False) if key else Span(_today().year)


def _opening_year(partner_id: int) -> Span:
    """The year in the address; else the last with approved hours, where this one has none."""
    year = _year()
    if request.args.get("year"):
        return year
    return Span(last_year_of_partner(partner_id, year.year) or year.year)


def _years(partner_id: int) -> list[Span]:
    """This year and those in which something was approved, the latest first; then the Hijri."""
    today = _today()
    first, last = days_of_partner(partner_id) or (today, today)
    return list(years_between(min(first, today), max(last, today)))


def _month(day: date, year: Span) -> Span:
    """The month of the year's calendar that begins on this day."""
    month, _year, *hijri = spans.around(day)
    return hijri[0] if year.hijri else month


def _days() -> tuple[tuple[date, date], str]:
    """A month, or the whole year, and its name."""
    month = request.args.get("month")
    span = _year() if month is None else _span(month, is_month=True)
    return (span.first, span.last), name_of(span)


def _span(key: str, *, is_month: bool) -> Span:
    span = spans.of_key(key)
    if span is None or (span.month is not None) != is_month:
        raise NotFound("period")
    return span


def _measure() -> Measure:
    try:
        found = Measure(request.args.get("of", Measure.APPROVED))
    except ValueError:
        raise NotFound("measure") from None
    if found not in HEADINGS:
        raise NotFound("measure")
    return found


def _asked() -> dict[str, str]:
    """What makes the list what it is, for the address of its other pages and of its file."""
    return {name: request.args[name] for name in ("of", "year", "month") if name in request.args}


def _page() -> int:
    return request.args.get("page", 1, row_number)


def _text() -> str:
    return request.args.get("q", "")[:100]


# --- what is written -------------------------------------------------------------------------


def _note(partner: Partner, what: str, rows: int) -> None:
    desk.note_export(partner.id, what, rows, by=current_user.id, now=clock.now())


def _cells(one: Attendance) -> list[str]:
    served = one.approved_beneficiaries if one.state == "approved" else one.beneficiaries
    return [
        *(f"{one.work_on}", str(one.volunteer.whose_id), one.volunteer.name),
        *(plain_label(one.shift.opportunity), plain_label(one.shift.site)),
        _plain(one.minutes),
        *("" if served is None else str(served), str(record_words.STATES[one.state][2])),
    ]


def _plain(minutes: int | None) -> str:
    """4:10, in the digits that spreadsheets count with."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


def hours(minutes: int) -> str:
    """1,204:30, for columns."""
    return num(minutes // 60) + in_digits(f":{minutes % 60:02}")
