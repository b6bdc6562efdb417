"""Every sentence has Arabic in every form, and the compiled catalogue is the written one."""

import re

import time_machine
from babel.messages.pofile import read_po

from tools.catalogue import CATALOGUE, COMPILED, HEADER, compiled, extract, missing, read

ARABIC = read(CATALOGUE)
MESSAGES = [message for message in ARABIC if message.id]
RUN = "run `python tools/catalogue.py` and commit checkin/translations"
_COUNT = {"%(number)s", "%(num)s", "%(num)d"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
_ACCOUNT = re.compile(r"\bsign(ed|ing|-|s)?[ -]?(in|out)\b", re.IGNORECASE)


def sources(message):
    return message.id if message.pluralizable else (message.id,)


def arabic(message):
    return message.string if message.pluralizable else (message.string,)


def placeholders(text):
    return set(_PLACEHOLDER.findall(text))


def catalogue_of(text):
    return read_po((HEADER + text).splitlines(keepends=True), locale="ar")


def test_the_catalogue_holds_exactly_what_the_pages_say():
    said = {(message.context, sources(message)) for message in extract() if message.id}
    written = {(message.context, sources(message)) for message in MESSAGES}
    assert said == written, RUN


def test_every_sentence_has_arabic_in_all_its_forms():
    lacking = [message.id for message in missing(ARABIC)]
    assert not lacking, "translate them in a .po file and `python tools/catalogue.py merge` it"


def test_a_sentence_without_arabic_would_be_found():
    lame = catalogue_of(
        '\nmsgid "Save"\nmsgstr ""\n'
        '\nmsgid "%(number)s hour"\nmsgid_plural "%(number)s hours"\n'
        'msgstr[0] "ا"\nmsgstr[1] "ا"\nmsgstr[2] "ا"\nmsgstr[3] ""\nmsgstr[4] "ا"\nmsgstr[5] "ا"\n'
    )
    assert [sources(message)[0] for message in missing(lame)] == ["Save", "%(number)s hour"]


def test_nothing_is_fuzzy():
    assert not [message.id for message in MESSAGES if message.fuzzy]


def test_the_plural_rule_is_the_one_the_forms_are_written_for():
    assert b"n%100>=11?4:5" in CATALOGUE.read_bytes()
    assert ARABIC.num_plurals == 6


def test_the_compiled_catalogue_is_fresh():
    assert COMPILED.read_bytes() == compiled(ARABIC), RUN


def faults(message):
    """What an Arabic text leaves out of the English one, or adds to it."""
    named = set().union(*map(placeholders, sources(message)))
    extra = _COUNT if message.pluralizable else set()
    for form in arabic(message):
        if not placeholders(form) <= named:
            yield f"Arabic names what English does not: {form}"
        if not named - extra <= placeholders(form):
            yield f"Arabic leaves a value out: {form}"
    if message.pluralizable:
        for form in message.string[3:]:
            if not named & _COUNT <= placeholders(form):
                yield f"the number is not said: {form}"


def test_placeholders_agree_and_numbers_from_three_on_are_said():
    assert len(MESSAGES) > 2_000
    assert not [fault for message in MESSAGES for fault in faults(message)]


def test_a_placeholder_that_does_not_agree_would_be_found():
    form = 'msgstr[%d] "%%(number)s ساعات"\n'
    forms = "".join(form % place for place in range(5)) + 'msgstr[5] "ساعة %(who)s"\n'
    lame = catalogue_of(
        '\nmsgid "%(name)s is in"\nmsgstr "حاضر"\n'
        f'\nmsgid "%(number)s hour"\nmsgid_plural "%(number)s hours"\n{forms}'
    )
    found = [fault.partition(":")[0] for message in lame if message.id for fault in faults(message)]
    assert found == [
        "Arabic leaves a value out",
        "Arabic names what English does not",
        "the number is not said",
    ]


def test_a_bare_percent_sign_is_never_used():
    # Templates always fill placeholders in, Python only when there are some: «62%» would differ.
    bare = [s for m in MESSAGES for s in (*sources(m), *arabic(m)) if "%" in s]
    assert not [s for s in bare if not placeholders(s)]
    assert not [s for s in bare if "%" in _PLACEHOLDER.sub("", s).replace("%%", "")]


def test_signing_in_is_said_of_accounts_only():
    """«تسجيل الدخول» opens an account; being present is «تسجيل الحضور», whatever the habit."""
    for message in MESSAGES:
        said = " ".join(arabic(message))
        if "الدخول" in said or "تسجيل الخروج" in said:
            assert _ACCOUNT.search(message.id), (
                f"«الدخول» in a text that is not about accounts: {said}"
            )


def test_the_voice_is_calm():
    loud = [form for m in MESSAGES for form in (*sources(m), *arabic(m)) if "!" in form]
    assert not loud, "no exclamation marks"


_COMMANDS = re.compile(r"\b(?:هل تريد|اختر|أدخل|اضغط|اكتب|انتظر|امسح|حاول|أعد|انقر)\b")
"""Asking what somebody wants, and imperatives, which differ for men and women."""


def test_nobody_is_commanded():
    said = [form for m in MESSAGES for form in arabic(m) if _COMMANDS.search(form)]
    assert not said, "«يرجى» or «يمكن» with a verbal noun instead"


_RANGE_OR_NUMBER = re.compile(r"\d[\d:]*(?:[–-]| (?=\d))[\d: ]*\d|https?://")
_ISOLATED = re.compile("\u2066[^\u2069]*\u2069")


def test_ranges_and_numbers_in_parts_are_isolated():
    """Between Arabic words «12:10–12:45» would be read as 12:45–12:10."""
    said = [form for m in MESSAGES for form in arabic(m)]
    loose = [form for form in said if _RANGE_OR_NUMBER.search(_ISOLATED.sub("", form))]
    assert not loose


def test_compiling_at_another_time_gives_the_same_bytes():
    with time_machine.travel("2031-05-06 07:08", tick=False):
        assert compiled(read(CATALOGUE)) == COMPILED.read_bytes()
