"""Many at one record, or at the last seats: `tests/load` in small rounds, with their controls."""

import pytest

from tests.load import duplicates, joining


@pytest.fixture(params=["sqlite", "postgres"])
def empty_urls(request, tmp_path):
    """Two empty databases of one kind."""
    if request.param == "sqlite":
        yield [f"sqlite:///{tmp_path / name}.sqlite3" for name in ("same", "storm")]
        return
    server = request.getfixturevalue("postgres")
    names = ("races_same", "races_storm")
    yield [server.create_database(name) for name in names]
    for name in names:
        server.drop_database(name)


def test_the_same_scans_from_three_processes_make_one_attendance_each(empty_urls):
    assert duplicates.run(empty_urls[0], processes=3, volunteers=10) == []


def test_processes_that_meet_leave_what_the_scans_say(empty_urls):
    assert duplicates.run_storm(empty_urls[1], processes=3, lock=True, people=30) == []


def test_without_the_lock_the_checks_notice(postgres):
    """The negative control: a check that cannot fail proves nothing."""
    url = postgres.create_database("races_unlocked")
    assert duplicates.run_storm(url, processes=3, lock=False, people=60)


def test_two_hundred_join_the_last_ten_seats_at_once(empty_urls):
    """Exactly ten get in, and the others wait in the order in which they came."""
    assert joining.run(empty_urls[0], people=200, seats=10) == []


def test_without_the_shift_s_lock_the_checks_notice(postgres):
    """The negative control: more than ten believe to have a seat."""
    url = postgres.create_database("races_unlocked_seats")
    assert joining.run(url, people=200, seats=10, lock=False)
