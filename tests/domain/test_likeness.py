"""Two spellings of one person's name, and two people of one family."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.likeness import alike
from checkin.domain.text import fold_name

NAMES = st.lists(st.text("ابتسمنورحد", min_size=2, max_size=6), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("نورة سعد القحطاني", "نوره القحطاني"),
        ("نورة سعد القحطاني", "نورة"),
        ("عبدالله فهد الزهراني", "عبد الله بن فهد الزهرانى"),
        ("إبراهيم العمري", "ابرهيم العمري"),
        ("Mohammed Ali Khan", "Mohamed Khan"),
    ],
)
def test_one_person_written_twice(one, other):
    assert alike(fold_name(one), fold_name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("نورة سعد القحطاني", "سارة سعد القحطاني"),
        ("نورة سعد القحطاني", "سعد القحطاني"),
        ("فهد سعد العمري", "فهد علي العمري"),
        ("علي حسن", "عمر حسن"),
        ("سعد", "سعيد"),
        ("", ""),
    ],
)
def test_two_people_of_one_family(one, other):
    assert not alike(fold_name(one), fold_name(other))


@given(NAMES, st.data())
def test_a_name_is_like_itself_with_any_word_but_the_first_left_out(words, data):
    kept = (
        words[:1] + data.draw(st.lists(st.sampled_from(words[1:]), unique=True))
        if words[1:]
        else words
    )
    assert alike(" ".join(words), " ".join(kept))


@given(NAMES, NAMES)
def test_it_does_not_matter_which_is_asked_first(one, other):
    assert alike(" ".join(one), " ".join(other)) == alike(" ".join(other), " ".join(one))
