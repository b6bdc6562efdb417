"""Arabic names that are typed in Latin letters, as they sound."""

import pytest

from checkin.domain import sounds
from checkin.domain.search import wanted
from checkin.domain.text import fold_name

HEARD = {
    "أحمد": "ahmed ahmad AHMED",
    "محمد": "mohammed muhammad mohamed moh",
    "عبدالله": "abdullah abdallah abd",
    "عبد الرحمن": "abdulrahman abdurrahman abdul-rahman",
    "عبدالعزيز": "abdelaziz abdulaziz",
    "خالد": "khalid khaled",
    "سعود": "saud",
    "سعيد": "saeed said",
    "علي": "ali aly",
    "عمر": "omar umar",
    "عثمان": "othman uthman",
    "إبراهيم": "ibrahim ebrahim",
    "إسماعيل": "ismail ismaeel",
    "يوسف": "yousef yusuf youssef",
    "عيسى": "isa eissa",
    "مشعل": "mishal meshaal",
    "رائد": "raed",
    "معاذ": "muadh moaz",
    "جعفر": "jaafar jafar",
    "زياد": "ziad ziyad",
    "نورة": "noura nora nourah",
    "فاطمة": "fatima fatimah",
    "عائشة": "aisha aysha",
    "مريم": "maryam mariam",
    "هدى": "huda",
    "سلمى": "salma",
    "أسماء": "asma",
    "سعاد": "suad",
    "فؤاد": "fuad",
    "الغامدي": "alghamdi al-ghamdi ghamdi",
    "القحطاني": "alqahtani qahtani alqah",
    "العتيبي": "alotaibi otaibi",
    "الشهري": "alshehri",
    "العنزي": "alanazi enezi",
}


def hears(typed: str, name: str) -> bool:
    words = fold_name(name).split()
    asked = wanted(typed).heard
    return all(any(word.startswith(one) for one in heard for word in words) for heard in asked)


@pytest.mark.parametrize(
    ("typed", "name"), [(typed, name) for name, all_ in HEARD.items() for typed in all_.split()]
)
def test_a_name_is_heard_in_its_usual_spellings(typed, name):
    assert hears(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("ahmed", "محمد"), ("ahmed", "حمد"), ("ali", "خالد"), ("ali", "العتيبي")),
        *(("salem", "سلطان"), ("noura", "ناصر"), ("hamad", "محمد"), ("sami", "سلمان")),
    ],
)
def test_another_name_is_not(typed, name):
    assert not hears(typed, name)


def test_a_servant_of_may_stand_apart():
    assert hears("abdul rahman", "عبد الرحمن العتيبي")
    assert not hears("abdul rahman", "عبد العزيز رحماني")


@pytest.mark.parametrize("word", ["", "a", "أحمد", "josé", "a1", "100%"])
def test_only_latin_words_are_heard(word):
    assert sounds.spellings(word) == ()


@pytest.mark.parametrize("word", ["fatimahzzahra", "aeiou" * 20, "szdthk" * 20, "x" * 90])
def test_a_long_word_is_known_by_its_beginning(word):
    found = sounds.spellings(word)
    assert 0 < len(found) <= sounds.MOST
    assert len(set(found)) == len(found)
