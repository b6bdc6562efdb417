"""People: found by any spelling, entered once, changed by those who may, suspended with why."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from checkin.database import db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import fold_name
from checkin.models import AuditEntry, Person, SearchWord
from checkin.operations import people
from checkin.operations.people import Profile
from tests import factories
from tests.factories import check_in, check_out


def found(text):
    return [person.name for person in people.page_of(1, text).items]


@pytest.mark.parametrize(
    "typed",
    [
        *("نورة سعد القحطاني", "نوره", "نورة القحطاني", "قحطاني", "سعد نورة", "نُورَة"),
        *(" نورة  سعد ", "نورة بنت سعد"),
    ],
)
def test_a_name_is_found_in_any_spelling(cast, typed):
    assert cast.noura.name in found(typed)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("noura alqah", ["نورة سعد القحطاني"]),
        ("Al-Qahtani", ["نورة سعد القحطاني"]),
        ("qaht nou", ["نورة سعد القحطاني"]),
        ("نور الدين", ["نورالدين الفاسي"]),
        ("نورالدين", ["نورالدين الفاسي"]),
        ("نور دين فا", ["نورالدين الفاسي"]),
        ("عبد", ["عبد الله العمري"]),
        ("عبدالله", ["عبد الله العمري"]),
        ("ه", ["هدى محمد الزهراني"]),
        ("مري", []),
    ],
)
def test_words_are_found_by_their_beginning_in_both_alphabets(cast, now, typed, names):
    latin = "Noura Al-Qahtani"
    factories.alter(cast.noura, name_latin=latin, latin_folded=fold_name(latin))
    factories.person(now, "نورالدين الفاسي")
    factories.person(now, "عبد الله العمري")
    assert found(typed) == names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("ahmed", "أحمد خالد الغامدي"), ("Alghamdi ahmad", "أحمد خالد الغامدي")),
        *(("abdul rahman", "عبد الرحمن العتيبي"), ("0077 otaibi", "عبد الرحمن العتيبي")),
    ],
)
def test_an_arabic_name_is_found_as_it_sounds_in_latin_letters(cast, now, typed, name):
    factories.person(now, "أحمد خالد الغامدي", mobile="+966500000078")
    factories.person(now, "عبد الرحمن العتيبي", mobile="+966500000077")
    others = {"أحمد خالد الغامدي", "عبد الرحمن العتيبي"} - {name}
    assert name in found(typed)
    assert not others.intersection(found(typed))


def test_a_person_is_found_by_their_own_number(cast):
    assert found(str(cast.huda.id)) == [cast.huda.name]
    assert cast.huda.name in found(f"٠{cast.huda.id}")


def test_the_words_follow_whatever_writes(cast):
    """Also what goes past the models: an import adds thousands of rows at once."""
    words = select(SearchWord.word).where(SearchWord.person_id == cast.noura.id)
    _write(cast.noura.id, name_folded="ريم  عبد ", mobile=None, email="noura@example.org")
    assert set(db.session.scalars(words)) == {"ريم", "عبد", "=ريمعبد", "@noura@example.org"}
    _write(cast.noura.id, name_folded="", email=None, mobile="+966551234567")
    assert set(db.session.scalars(words)) == {"#567"}


@transaction
def _write(person_id, **values):
    db.session.execute(update(Person).where(Person.id == person_id).values(**values))


def test_names_that_begin_as_typed_come_first(cast, now):
    factories.person(now, "أحمد سالم الحربي")
    assert found("سالم") == ["سالم عوض الغامدي", "أحمد سالم الحربي"]


@pytest.mark.parametrize(
    "typed",
    [
        *("0551234567", "+966551234567", "00966 55 123 4567", "٠٥٥١٢٣٤٥٦٧"),
        *("4567", "٤٥٦٧", "567", "123-4567"),
    ],
)
def test_a_mobile_is_found_whole_or_by_its_last_digits(cast, now, typed):
    factories.person(now, "عبدالله العمري", mobile="+966551234567")
    assert found(typed) == ["عبدالله العمري"]


@pytest.mark.parametrize("typed", ["%", "_", "12", "\\", "لا أحد", "9999999"])
def test_what_nobody_has_finds_nobody(cast, typed):
    assert found(typed) == []


def test_staff_are_found_by_e_mail(cast):
    assert found("salem@") == [cast.salem.name]


def test_an_erased_person_is_found_no_more(cast, now):
    factories.alter(cast.noura, erased_at=now)
    assert cast.noura.name not in found("نورة")
    with pytest.raises(NotFound):
        people.find(cast.noura.id)


def test_everybody_is_listed_in_pages(cast, now):
    for number in range(people.PER_PAGE):
        factories.person(now, f"متطوع رقم {number}")
    first, second = people.page_of(1), people.page_of(2)
    assert (len(first.items), first.pages) == (people.PER_PAGE, 2)
    assert len(second.items) == 7
    assert people.page_of(99).items == []


def test_somebody_is_entered_once(cast, now):
    profile = Profile(name="خالد الثقفي", mobile="+966551234567")
    made = people.create(profile, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="person_exists") as twice:
        people.create(Profile(name="خالد  ثقفي", mobile="+966551234567"), by=cast.layla.id, now=now)
    assert twice.value.facts == {"person_id": made}
    assert people.find(made).created_by_id == cast.layla.id


def test_a_family_shares_a_phone(cast, now):
    for name in ("خالد الثقفي", "سارة الثقفي"):
        people.create(Profile(name=name, mobile="+966551234567"), by=cast.layla.id, now=now)
    assert len(people.of_mobile("+966551234567")) == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "reach_missing"),
        ({"mobile": "+966551234567", "is_minor": True}, "guardian_missing"),
        ({"email": "salem@example.org"}, "email_taken"),
    ],
)
def test_a_profile_that_cannot_be_kept_says_why(cast, now, values, code):
    with pytest.raises(Problem, match=code):
        people.create(Profile(name="خالد الثقفي", **values), by=cast.layla.id, now=now)


def test_a_changed_mobile_must_be_proved_again(cast, now):
    factories.alter(cast.noura, mobile_proved_at=now)
    profile = Profile(name=cast.noura.name, mobile="+966559999999")
    people.change(cast.noura.id, profile, by=cast.layla.id, now=now)
    noura = people.find(cast.noura.id)
    assert (noura.mobile, noura.mobile_proved_at) == ("+966559999999", None)
    note = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "person.change")).one()
    assert note.facts == {"changed": ["mobile", "partner_id"]}
    assert "559999999" not in str(note.facts)


def test_a_renamed_person_is_found_by_the_new_name(cast, now):
    profile = Profile(name="نورة العتيبي", mobile=cast.noura.mobile)
    people.change(cast.noura.id, profile, by=cast.layla.id, now=now)
    assert found("نورة عتيبي") == ["نورة العتيبي"]


def test_a_minor_waits_for_the_guardian(cast, now):
    guardian = {"is_minor": True, "guardian_mobile": "+966551111111"}
    made = people.create(
        Profile(name="يزيد الحارثي", mobile="+966552222222", **guardian), by=cast.layla.id, now=now
    )
    assert not people.find(made).may_check_in
    people.record_consent_of_guardian(made, by=cast.layla.id, now=now)
    assert people.find(made).may_check_in
    other = {**guardian, "guardian_mobile": "+966553333333"}
    people.change(
        made,
        Profile(name="يزيد الحارثي", mobile="+966552222222", **other),
        by=cast.layla.id,
        now=now,
    )
    assert not people.find(made).may_check_in, "another guardian has not agreed yet"


def test_consent_needs_a_guardian(cast, now):
    with pytest.raises(Problem, match="guardian_missing"):
        people.record_consent_of_guardian(cast.noura.id, by=cast.layla.id, now=now)


def test_suspending_says_why_and_restoring_forgets_it(cast, now):
    people.suspend(cast.noura.id, "لم يلتزم بالتعليمات", by=cast.layla.id, now=now)
    later = now + timedelta(days=1)
    people.suspend(cast.noura.id, "تكرار الغياب", by=cast.layla.id, now=later)
    noura = people.find(cast.noura.id)
    assert (noura.suspended_at, noura.suspended_reason) == (now, "تكرار الغياب")
    assert check_in(cast.noura, cast.poster, now).verdict == "held"
    people.restore(cast.noura.id, by=cast.layla.id, now=later)
    noura = people.find(cast.noura.id)
    assert (noura.may_check_in, noura.suspended_reason) == (True, "")
    facts = [entry.facts for entry in db.session.scalars(db.select(AuditEntry))]
    assert "الغياب" not in str(facts)


def test_suspending_needs_a_reason_and_another_person(cast, now):
    with pytest.raises(Problem, match="reason_missing"):
        people.suspend(cast.noura.id, "", by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="own_suspension"):
        people.suspend(cast.layla.id, "x", by=cast.layla.id, now=now)


def test_a_coordinator_leaves_higher_accounts_alone(cast, now):
    mine = {"by": cast.layla.id, "now": now}
    profile = Profile(name="آخر", email="mine@example.org")
    for other in (cast.majed, cast.faisal, cast.reem):
        with pytest.raises(Problem, match="needs_administrator"):
            people.change(other.id, profile, **mine)
        with pytest.raises(Problem, match="needs_administrator"):
            people.suspend(other.id, "x", **mine)
        with pytest.raises(Problem, match="needs_administrator"):
            people.refuse_invitation(other.id, **mine)
    people.change(cast.reem.id, profile, by=cast.majed.id, now=now)
    assert people.find(cast.reem.id).email == "mine@example.org"


def test_a_coordinator_cannot_take_over_an_account_in_use(cast, now):
    factories.alter(cast.salem, password_hash="x")
    stolen = Profile(name=cast.salem.name, mobile=cast.salem.mobile, email="mine@example.org")
    with pytest.raises(Problem, match="needs_administrator"):
        people.change(cast.salem.id, stolen, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="needs_administrator"):
        people.refuse_invitation(cast.salem.id, by=cast.layla.id, now=now)
    renamed = Profile(name="سالم الغامدي", mobile=cast.salem.mobile, email=cast.salem.email)
    people.change(cast.salem.id, renamed, by=cast.layla.id, now=now)
    people.refuse_invitation(cast.salem.id, by=cast.majed.id, now=now)


def test_an_invitation_needs_an_e_mail(cast, now):
    with pytest.raises(Problem, match="email_missing"):
        people.refuse_invitation(cast.noura.id, by=cast.layla.id, now=now)
    people.refuse_invitation(cast.huda.id, by=cast.layla.id, now=now)


def test_the_summary_keeps_courses_and_waiting_minutes_apart(cast, now):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + timedelta(hours=2), beneficiaries=5)
    summary = people.summary_of(cast.noura.id)
    assert (summary.attendances, summary.waiting, summary.approved_minutes) == (1, 1, 0)
    ((attendance, shift, _, site),) = people.latest_attendances(cast.noura.id)
    assert (shift.id, site.id) == (cast.shift.id, cast.mataf.id)
    factories.alter(attendance, state="approved", approved_minutes=120)
    course = factories.shift(now, cast.mataf, factories.opportunity(now, "course"), starts=600)
    factories.assign(now, cast.noura, course)
    check_in(cast.noura, factories.poster(now, cast.mataf, course), now + timedelta(hours=10))
    summary = people.summary_of(cast.noura.id)
    assert (summary.attendances, summary.waiting, summary.approved_minutes) == (1, 0, 120)
    assert people.summary_of(cast.huda.id).attendances == 0
