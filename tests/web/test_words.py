"""Counted nouns agree with their number in six forms, two cases and both digits."""

import pytest

from checkin.web.words import NOUNS, counted
from tests.web.reader import reader


@pytest.mark.parametrize(
    ("noun", "number", "subject", "after"),
    [
        ("hours", 0, "لا توجد ساعات", "أقل من ساعة"),
        ("hours", 1, "ساعة واحدة", "ساعة"),
        ("hours", 2, "ساعتان", "ساعتين"),
        ("hours", 3, "3 ساعات", "3 ساعات"),
        ("hours", 10, "10 ساعات", "10 ساعات"),
        ("hours", 11, "11 ساعة", "11 ساعة"),
        ("hours", 77_337, "77,337 ساعة", "77,337 ساعة"),
        ("minutes", 0, "أقل من دقيقة", "أقل من دقيقة"),
        ("minutes", 1, "دقيقة واحدة", "دقيقة"),
        ("minutes", 2, "دقيقتان", "دقيقتين"),
        ("minutes", 5, "5 دقائق", "5 دقائق"),
        ("seconds", 4, "4 ثوانٍ", "4 ثوانٍ"),
        ("seconds", 2, "ثانيتان", "ثانيتين"),
        ("days", 2, "يومان", "يومين"),
        ("days", 11, "11 يومًا", "11 يومًا"),
        ("days", 100, "100 يوم", "100 يوم"),
        ("volunteers", 0, "لا يوجد متطوعون", "0 متطوع"),
        ("volunteers", 1, "متطوع واحد", "متطوع واحد"),
        ("volunteers", 2, "متطوعان", "متطوعَين"),
        ("volunteers", 3, "3 متطوعين", "3 متطوعين"),
        ("volunteers", 25, "25 متطوعًا", "25 متطوعًا"),
        ("volunteers", 99, "99 متطوعًا", "99 متطوعًا"),
        ("volunteers", 100, "100 متطوع", "100 متطوع"),
        ("volunteers", 101, "101 متطوع", "101 متطوع"),
        ("volunteers", 102, "102 متطوع", "102 متطوع"),
        ("volunteers", 103, "103 متطوعين", "103 متطوعين"),
        ("volunteers", 111, "111 متطوعًا", "111 متطوعًا"),
        ("volunteers", 200, "200 متطوع", "200 متطوع"),
        ("volunteers", 1003, "1,003 متطوعين", "1,003 متطوعين"),
        ("women", 2, "متطوعتان", "متطوعتين"),
        ("beneficiaries", 2, "مستفيدان", "مستفيدَين"),
        ("beneficiaries", 802_612, "802,612 مستفيدًا", "802,612 مستفيدًا"),
        ("records", 37, "37 سجلًا", "37 سجلًا"),
        ("records", 2, "سجلان", "سجلين"),
        ("shifts", 2, "فترتان", "فترتين"),
        ("opportunities", 2, "فرصتان تطوعيتان", "فرصتين تطوعيتين"),
        ("riyals", 0, "0 ريال", "0 ريال"),
        ("riyals", 11, "11 ريالًا", "11 ريالًا"),
    ],
)
def test_arabic_agrees(noun, number, subject, after):
    with reader("ar"):
        assert counted(noun, number) == subject
        assert counted(noun, number, "after") == after


@pytest.mark.parametrize(
    ("noun", "number", "words"),
    [
        ("hours", 0, "0 hours"),
        ("hours", 1, "1 hour"),
        ("hours", 2, "2 hours"),
        ("beneficiaries", 1, "1 beneficiary"),
        ("beneficiaries", 802_612, "802,612 beneficiaries"),
        ("women", 2, "2 women volunteers"),
    ],
)
def test_english_agrees(noun, number, words):
    with reader("en"):
        assert counted(noun, number) == counted(noun, number, "after") == words


def test_the_reader_chooses_the_digits():
    with reader("ar", "arab"):
        assert counted("volunteers", 1234) == "١٬٢٣٤ متطوعًا"
    with reader("en", "arab"):
        assert counted("volunteers", 1234) == "١٬٢٣٤ volunteers"


def test_every_noun_has_both_cases():
    assert {noun for noun, case in NOUNS if case == "subject"} == {
        noun for noun, case in NOUNS if case == "after"
    }


@pytest.mark.parametrize(("noun", "case"), NOUNS)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 11, 100, 103])
def test_no_arabic_reader_ever_sees_english(noun, case, number):
    with reader("ar"):
        words = counted(noun, number, case)
    assert words
    assert not any("a" <= letter <= "z" for letter in words.lower())


def test_an_unknown_noun_is_an_error():
    with reader(), pytest.raises(KeyError):
        counted("camels", 3)
