"""Real processes at one record: a small round of `tests/load/duplicates.py`, with its control."""

import pytest

from tests.load import duplicates


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
