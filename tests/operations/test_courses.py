"""Registers: who attended how many shifts of a course, and who has completed it."""

import pytest

from checkin.domain.errors import NotFound
from checkin.operations import courses
from tests import factories
from tests.factories import alter, check_in, check_out


@pytest.fixture
def course(now):
    return factories.opportunity(now, "course", name_en="First aid")


@pytest.fixture
def parts(cast, now, course):
    """Two shifts of the course, both over; Noura is expected on the first."""
    made = [factories.shift(now, cast.mataf, course, starts=-60 * h, minutes=60) for h in (30, 6)]
    factories.assign(now, cast.noura, made[0])
    return made


def attend(cast, who, part) -> None:
    poster = factories.poster(part.starts_at, cast.mataf, part)
    factories.assign(part.starts_at, who, part)
    check_in(who, poster, part.starts_at)
    check_out(who, part, part.ends_at)


def test_it_says_who_attended_how_much(cast, course, parts):
    attend(cast, cast.huda, parts[0])
    attend(cast, cast.huda, parts[1])
    attend(cast, cast.salem, parts[1])
    register = courses.register_of(course.id, 1)
    assert [(row.id, row.attended) for row in register.rows] == [
        (cast.salem.id, 1),
        (cast.noura.id, 0),
        (cast.huda.id, 2),
    ]
    assert (register.shifts, register.completed, register.people) == (2, 1, 3)
    assert register.rows[2].last_on == parts[1].work_on


def test_what_does_not_take_place_is_not_asked_for(cast, now, course, parts):
    attend(cast, cast.huda, parts[1])
    alter(parts[0], cancelled_at=now)
    register = courses.register_of(course.id, 1)
    assert (register.shifts, register.completed, register.people) == (1, 1, 1)


def test_a_course_without_shifts_has_nobody(course):
    register = courses.register_of(course.id, 1)
    assert (list(register.rows), register.completed, register.pages) == ([], 0, 1)


def test_a_service_has_no_register(cast):
    with pytest.raises(NotFound):
        courses.register_of(cast.shift.opportunity_id, 1)
