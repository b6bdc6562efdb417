"""Typed words made comparable: tables of real spellings, and rules that hold for any text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.errors import Problem
from checkin.domain.text import (
    clean_name,
    clean_text,
    first_name,
    fold_name,
    guarded,
    latin_digits,
)

ARABIC = st.text(alphabet="اأإآٱبتةهىيئؤءلنعدـ َُِّبن ", max_size=30)


@pytest.mark.parametrize(
    ("typed", "latin"),
    [
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("١٬٢٣٤٫٥", "1,234.5"),
        ("٦٢٪", "62%"),
        ("باب ٣, gate 4", "باب 3, gate 4"),
        ("", ""),
    ],
)
def test_digits_become_latin(typed, latin):
    assert latin_digits(typed) == latin


@pytest.mark.parametrize(
    "spellings",
    [
        ["أحمد", "احمد", "أَحْمَد", "أحمـــد", "ٱحمد"],
        ["فاطمة الزهراني", "فاطمه الزهراني", "فاطمة زهراني", "  فاطمة   الزهراني "],
        ["هدى", "هدي", "هدی"],
        ["عبد الله بن محمد الحربي", "عبدالله محمد الحربي", "عبدالله ابن محمد حربي"],
        ["عبد العزيز", "عبدالعزيز"],
        ["أبو بكر", "ابوبكر", "أبوبكر"],
        ["مؤمن", "مومن"],
        ["رائد", "رايد"],
        ["علاء", "علا"],
        ["كشاف/ تركي فهد", "كشاف تركي فهد"],
        ["نورة بنت سعد", "نوره سعد"],
        ["Fatima Al-Harbi", "fatima alharbi", "FATIMA AL HARBI", "Fatima el-Harbi", "Fatima Harbi"],
        ["Mohammed bin Salman", "Mohammed Salman", "mohammed ibn salman"],
        ["Sa‘d", "Sa'd", "Saʿd", "Sad"],
        ["José", "Jose", "Jose\u0301"],
        ["ﻣﺤﻤﺪ", "محمد"],
    ],
)
def test_spellings_of_one_name_share_a_key(spellings):
    assert len({fold_name(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("علي", "علياء"),
        ("آلاء", "لاء"),
        ("Ali", "I"),
        ("Alia", "Ia"),
        ("سالم", "سلمى"),
        ("محمد علي", "محمدعلي"),
        ("عمر", "عمرو"),
    ],
)
def test_different_names_keep_different_keys(one, other):
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize("lonely", ["بن", "bin", "al", "عبد", "أبو"])
def test_a_name_that_is_only_a_particle_still_has_a_key(lonely):
    assert fold_name(lonely)


@given(st.one_of(st.text(max_size=40), ARABIC))
def test_folding_twice_is_folding_once(text):
    once = fold_name(text)
    assert fold_name(once) == once


@given(st.text(max_size=40))
def test_a_key_holds_no_marks_and_no_double_spaces(text):
    key = fold_name(text)
    assert key == " ".join(key.split())
    assert not any(unicodedata.category(character).startswith("M") for character in key)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  نورة   سعد\tالقحطاني\n", "نورة سعد القحطاني"),
        ("\u202eنورة\u202c", "نورة"),
        ("\u2067Fatima\u2069 \u200fNoor\u200e", "Fatima Noor"),
        ("Jose\u0301", "José"),
        ("\ufeffسالم\u200b", "سالم"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("كشاف/ تركي", "كشاف/ تركي"),
        ("O'Brien-Smith", "O'Brien-Smith"),
    ],
)
def test_a_name_is_kept_clean(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_missing"),
        ("   ", "name_missing"),
        ("\u202e\u200f", "name_missing"),
        ("١٢٣ - 4", "name_missing"),
        ("ن" * 121, "name_too_long"),
        ("نو\x00رة", "name_unreadable"),
        ("نو\x1bرة", "name_unreadable"),
        ("نو\ue000رة", "name_unreadable"),
        ("نو\ud800رة", "name_unreadable"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(typed, code):
    with pytest.raises(Problem) as refused:
        clean_name(typed)
    assert refused.value.code == code


def test_the_longest_name_is_kept_and_the_limit_is_told():
    assert clean_name("ن" * 120) == "ن" * 120
    with pytest.raises(Problem) as refused:
        clean_name("نور سعد", longest=6)
    assert refused.value.facts == {"longest": 6}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  \n ", ""),
        ("  تأخر   القطار \r\n\r\n حضر لاحقًا  ", "تأخر القطار\n\nحضر لاحقًا"),
        ("one\u2028two", "one\ntwo"),
        ("\u202etrick", "trick"),
    ],
)
def test_a_note_keeps_its_lines(typed, kept):
    assert clean_text(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"), [("م" * 1001, "text_too_long"), ("a\x00b", "text_unreadable")]
)
def test_a_note_that_cannot_be_kept_is_refused(typed, code):
    with pytest.raises(Problem) as refused:
        clean_text(typed)
    assert refused.value.code == code


@given(st.text(max_size=60))
def test_cleaning_a_clean_note_changes_nothing(text):
    try:
        once = clean_text(text)
    except Problem:
        return
    assert clean_text(once) == once


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("نورة سعد القحطاني", "نورة"),
        ("عبد الله محمد الغامدي", "عبد الله"),
        ("عبدالله محمد", "عبدالله"),
        ("أبو بكر صالح", "أبو بكر"),
        ("أم كلثوم علي", "أم كلثوم"),
        ("Abdul Rahman Ali", "Abdul Rahman"),
        ("Noura", "Noura"),
        ("عبد", "عبد"),
        ("", ""),
    ],
)
def test_the_first_name_alone(name, first):
    assert first_name(name) == first


@pytest.mark.parametrize("sign", [*"=+-@\t\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_begins_a_formula_also_in_full_width(sign):
    assert guarded(f"{sign}1 Full") == f"'{sign}1 Full"


@pytest.mark.parametrize("cell", ["-4", "+966500000001", "-1,5", "سارة", "a=b", ""])
def test_numbers_and_names_stay_as_they_are(cell):
    assert guarded(cell) == cell
