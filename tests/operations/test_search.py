"""The database finds the same people as the rule it was given, on both engines."""

import pytest

from checkin.database import db
from checkin.domain.search import wanted
from checkin.models import Person
from checkin.operations import manual
from checkin.operations.search import people_like
from tests import factories

NAMES = (
    "نورة بنت سعد القحطاني",
    "أحمد الغامدي",
    "عبدالله بن فهد الزهراني",
    "نورالدين الفاسي",
    "محمد آل سعود",
    "Abdul Rahman Khan",
    "100% Noura_Al-Qahtani",
)
TYPED = (
    *("نوره", "سعد الق", "احمد", "عبد الله", "الز", "الغا", "نور الدين", "السعود", "ال"),
    *("abdulrahman", "NOURA alq", "100%", "_", "%", "\\", "0001", "نورة 0001", "سالم"),
)


@pytest.fixture
def people(app, now):
    for number, name in enumerate(NAMES):
        factories.person(now, name, mobile=f"+96650000{number:04d}")


@pytest.mark.parametrize("typed", TYPED)
def test_the_database_agrees_with_the_rule(people, typed):
    asked = wanted(typed)
    everybody = db.session.scalars(db.select(Person)).all()
    by_rule = {one.name for one in everybody if asked.finds(one.name_folded, one.mobile)}
    found = db.session.scalars(db.select(Person).where(people_like(asked)))
    assert {one.name for one in found} == by_rule


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("سعد الق", [NAMES[0]]),
        ("عبد الله الز", [NAMES[2]]),
        ("0001", [NAMES[1]]),
        ("alqah", [NAMES[6], NAMES[0]]),
    ],
)
def test_four_letters_are_enough_to_check_somebody_in(people, typed, names):
    assert [one.name for one in manual.find(typed, [])] == names


@pytest.mark.parametrize("typed", ["", "ال", "ن", "#", "1"])
def test_too_little_finds_nobody(people, typed):
    assert manual.find(typed, []) == []
