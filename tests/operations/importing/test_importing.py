"""Lists brought in: looked at, added in one transaction, given back, on both databases."""

from contextlib import suppress
from datetime import timedelta

import pytest

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.text import fold_name
from checkin.models import Assignment, AuditEntry, Import, Membership, Person, SearchWord, Team
from checkin.operations import importing, leases, merging, people
from checkin.operations.importing import Fate, working
from tests import factories
from tests.operations.importing import corpus

HEAD = "الاسم,الجوال\n"


@pytest.fixture
def work(now):
    """Do what waits, as the thread beside a server does."""
    return lambda: importing.work_on_waiting(lambda: now)


@pytest.fixture
def send(cast, now, work):
    """A list that was sent and looked at."""

    def sent(text: str | bytes, **more) -> int:
        content = text.encode() if isinstance(text, str) else text
        import_id = importing.begin(content, "list.csv", by=cast.layla.id, now=now, **more)
        work()
        return import_id

    return sent


@pytest.fixture
def add(cast, now, work):
    def added(import_id: int, with_doubtful: bool = False) -> Import:
        importing.add(import_id, with_doubtful=with_doubtful, by=cast.layla.id, now=now)
        work()
        return row_of(import_id)

    return added


def row_of(import_id: int) -> Import:
    db.session.rollback()
    return importing.find(import_id)


def fates(import_id: int) -> dict[int, str]:
    found = importing.outcome_of(row_of(import_id))
    return {row.number: str(row.fate) for row in found.rows(*Fate)}


def codes(import_id: int) -> dict[int, list[str]]:
    found = importing.outcome_of(row_of(import_id))
    return {row.number: [told.code for told in row.told] for row in found.rows(*Fate)}


def count(model) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def person_called(name: str) -> Person | None:
    return db.session.scalar(db.select(Person).where(Person.name == name))


def acts() -> list[str]:
    return list(db.session.scalars(db.select(AuditEntry.act).order_by(AuditEntry.id)))


# --- looking -------------------------------------------------------------------------------


def test_a_list_with_headings_everybody_knows_is_checked_at_once(send):
    import_id = send(f"{HEAD}أمل خالد السلمي,0551112223\nرقم خاطئ,06\n")
    row = row_of(import_id)
    assert (row.state, row.good, row.faulty, row.total) == ("ready", 1, 1, 2)
    assert codes(import_id) == {2: [], 3: ["mobile_invalid"]}


def test_looking_adds_nobody(cast, send):
    before = count(Person)
    send(corpus.PLAIN)
    assert count(Person) == before


@pytest.mark.parametrize("file", corpus.all_files(), ids=lambda file: file.name)
def test_no_file_of_the_corpus_is_a_fault_of_ours(cast, now, work, file):
    import_id = None
    with suppress(Problem):
        import_id = importing.begin(file.content, file.name, by=cast.layla.id, now=now)
    if import_id is None:
        assert file.refused
        return
    work()
    row = row_of(import_id)
    assert row.state == ("mapping" if file.asks else "failed" if file.refused else "ready")
    assert row.fault == file.refused


def test_who_is_here_already_is_known_by_mobile_and_name(cast, send):
    mobile = cast.noura.mobile
    import_id = send(
        f"{HEAD}نوره بنت سعد القحطاني,{mobile}\nنورة سعد القحطاني,0559998887\nأخت نورة,{mobile}\n"
    )
    assert fates(import_id) == {2: "known", 3: "doubtful", 4: "good"}
    assert codes(import_id)[3] == ["maybe_here"]
    assert codes(import_id)[4] == ["mobile_of_other"]


def test_a_name_written_otherwise_on_one_mobile_is_in_doubt(cast, now, send, add):
    """What would stand in the list of those entered twice is asked about before it is added."""
    noura = cast.noura.mobile
    import_id = send(
        f"{HEAD}نورة القحطاني,{noura}\nفاطمة علي حسن الغامدي,0551112223\n"
        "فاطمه الغامدي,0551112223\n"
        "علي حسن الغامدي,0551112223\n"
    )
    assert fates(import_id) == {2: "doubtful", 3: "good", 4: "doubtful", 5: "good"}
    assert codes(import_id) == {2: ["mobile_of_same"], 3: [], 4: ["row_alike"], 5: []}
    add(import_id)
    assert not person_called("نورة القحطاني")
    assert not merging.page_of(1).items


def test_a_name_in_latin_letters_is_like_the_same_in_latin_letters(cast, now, send):
    latin = "Noura Al-Qahtani"
    kept = factories.person(now, name_latin=latin, latin_folded=fold_name(latin))
    assert fates(send(f"{HEAD}Noura Saad Alqahtani,{kept.mobile}\n")) == {2: "doubtful"}


def test_many_rows_with_one_mobile_are_compared_with_the_first_few(cast, send):
    names = [f"{first} سعد الحارثي" for first in corpus.FIRST_NAMES[:7]]
    rows = [f"{name},0551112223\n" for name in [*names, f"{corpus.FIRST_NAMES[6]} الحارثي"]]
    found = codes(send(HEAD + "".join(rows)))
    assert [found[row] for row in (7, 8, 9)] == [[], ["mobile_of_many"], ["mobile_of_many"]]


def test_another_year_of_birth_or_gender_is_another_person(cast, now, send):
    factories.person(now, "فهد سعد علي الحارثي", birth_year=1990, gender="man")
    import_id = send(
        "الاسم,الجوال,سنة الميلاد,الجنس\nفهد سعد علي الحارثي,0551112221,1990,\n"
        "فهد سعد علي الحارثي,0551112222,2001,\nفهد سعد علي الحارثي,0551112223,,أنثى\n"
    )
    assert fates(import_id) == {2: "doubtful", 3: "good", 4: "good"}


def test_an_erased_or_merged_person_is_not_met_again(cast, now, send):
    gone = factories.person(now, "فهد سعد علي الحارثي")
    factories.alter(gone, merged_into_id=cast.noura.id)
    import_id = send(f"{HEAD}فهد سعد علي الحارثي,{gone.mobile}\n")
    assert fates(import_id) == {2: "good"}


def test_an_e_mail_of_somebody_else_is_told(cast, send):
    import_id = send("الاسم,البريد\nليلى أخرى,layla@example.org\n")
    assert codes(import_id) == {2: ["email_taken"]}
    assert fates(send(f"الاسم,البريد\n{cast.layla.name},layla@example.org\n")) == {2: "known"}


def test_the_name_of_a_partner_is_found_in_any_spelling(cast, send, add):
    import_id = send("الاسم,الجوال,الجهة\nأمل خالد السلمي,0551112223,جامعه الطائف\n")
    add(import_id)
    amal = person_called("أمل خالد السلمي")
    assert amal.partner_id == cast.university.id
    member = db.session.scalar(db.select(Membership).where(Membership.person_id == amal.id))
    assert (member.partner_id, member.until_on) == (cast.university.id, None)


def test_unknown_names_are_offered_and_explained(cast, now, send, work, add, save):
    team = Team(name_ar="فريق العوالي", name_en="Al Awali")
    save(team)
    import_id = send(
        "الاسم,الجوال,الجهة,الفريق\nأمل خالد,0551112223,ج. الطائف,\nهند سعد,0551112224,,العوالى\n"
        "منى علي,0551112225,جهة مجهولة,فريق العوالي\n"
    )
    assert row_of(import_id).mapping["unknown"] == [
        ["partner", "ج. الطائف", 1],
        ["team", "العوالى", 1],
        ["partner", "جهة مجهولة", 1],
    ]
    meant = {("partner", "ج. الطائف"): cast.university.id, ("team", "العوالى"): team.id}
    importing.name_unknown(
        import_id, {**meant, ("partner", "جهة مجهولة"): 0}, by=cast.layla.id, now=now
    )
    work()
    assert row_of(import_id).good == 3
    add(import_id)
    kept = {one.name: (one.partner_id, one.team_id) for one in db.session.scalars(
        db.select(Person).where(Person.created_by_id == cast.layla.id))}  # fmt: skip
    assert kept == {
        "أمل خالد": (cast.university.id, None),
        "هند سعد": (None, team.id),
        "منى علي": (None, team.id),
    }
    with pytest.raises(Conflict) as problem:
        importing.name_unknown(import_id, {}, by=cast.layla.id, now=now)
    assert problem.value.code == "import_moved"


# --- columns -------------------------------------------------------------------------------


def test_what_was_said_of_columns_is_remembered(cast, now, send, work):
    text = "من؟,رمز,التواصل الهاتفي المباشر معه\nأمل خالد السلمي,7,0551112223\n"
    first = send(text)
    assert row_of(first).state == "mapping"
    importing.name_columns(first, ["name", "", "mobile"], by=cast.layla.id, now=now)
    work()
    assert row_of(first).good == 1
    second = send(text.replace("أمل", "منى").replace("من؟", "مَن ؟"))
    assert row_of(second).state == "ready"
    assert row_of(second).mapping["columns"] == ["name", "", "mobile"]


def test_columns_that_make_no_sense_are_refused(cast, now, send):
    import_id = send("أ,ب\nأمل خالد السلمي,0551112223\n")
    for fields, code in ((["name", "name"], "column_twice"), (["", "mobile"], "columns_missing")):
        with pytest.raises(Problem) as problem:
            importing.name_columns(import_id, fields, by=cast.layla.id, now=now)
        assert problem.value.code == code


def test_another_sheet_can_be_chosen(cast, now, send, work):
    head, one = ("الاسم", "الجوال"), (corpus.NOURA, "0551234567")
    import_id = send(corpus.workbook(head, one, sheets={"الثاني": [head, one, one]}))
    assert row_of(import_id).state == "mapping"
    assert row_of(import_id).mapping["sheets"] == ["Sheet", "الثاني"]
    importing.choose_sheet(import_id, 1, by=cast.layla.id, now=now)
    columns = row_of(import_id).mapping["columns"]
    importing.name_columns(import_id, columns, by=cast.layla.id, now=now)
    work()
    assert codes(import_id) == {2: ["maybe_here"], 3: ["row_repeated"]}
    with pytest.raises(Problem) as problem:
        importing.choose_sheet(import_id, 2, by=cast.layla.id, now=now)
    assert problem.value.code == "sheet_missing"


# --- adding --------------------------------------------------------------------------------


def test_each_in_doubt_is_decided_alone(cast, now, send, work):
    text = f"الاسم,الجوال\n{cast.noura.name},0559990001\n{cast.salem.name},0559990002\n"
    import_id = send(text + "أمل خالد السلمي,0551112223\n")
    assert fates(import_id) == {2: "doubtful", 3: "doubtful", 4: "good"}
    chosen = {3, 4, 77}
    importing.add(import_id, with_doubtful=False, chosen=chosen, by=cast.layla.id, now=now)
    assert row_of(import_id).total == 2
    work()
    assert row_of(import_id).good == 2
    assert person_called("أمل خالد السلمي")
    mobiles = db.select(Person.mobile).where(Person.created_by_id == cast.layla.id)
    assert set(db.session.scalars(mobiles)) == {"+966559990002", "+966551112223"}
    assert fates(import_id) == {2: "doubtful"}


def test_the_good_rows_are_added_and_the_others_kept_to_be_corrected(cast, send, add):
    before = count(Person)
    import_id = send(
        "الاسم,الجوال,الاسم بالإنجليزي,سنة الميلاد,الجنس,البريد,الفئة\n"
        "أمل خالد السلمي,0551112223,Amal Al Solami,2001,أنثى,Amal@example.org,طالبة\n"
        "رقم خاطئ,06,,,,,\n"
    )
    row = add(import_id)
    assert (row.state, row.good, row.faulty, row.content) == ("added", 1, 1, None)
    assert count(Person) == before + 1
    amal = person_called("أمل خالد السلمي")
    assert (amal.mobile, amal.email, amal.category) == (
        *("+966551112223", "amal@example.org", "student"),
    )
    assert (amal.name_latin, amal.birth_year, amal.gender) == ("Amal Al Solami", 2001, "woman")
    assert (amal.created_by_id, amal.is_minor, amal.consented_at) == (cast.layla.id, False, None)
    assert fates(import_id) == {3: "faulty"}


def test_somebody_who_was_added_is_the_same_as_one_entered_by_hand(cast, now, send, add):
    by_hand = people.create(
        people.Profile(name="هند سعد العمري", mobile="+966551112229"), by=cast.layla.id, now=now
    )
    add(send(f"{HEAD}منى سعد العمري,0551112228\n"))
    listed = person_called("منى سعد العمري")
    entered = db.session.get_one(Person, by_hand)
    own = {"id", "name", "name_folded", "mobile"}
    for column in set(Person.__table__.columns.keys()) - own:
        assert getattr(listed, column) == getattr(entered, column), column


def test_people_of_a_list_are_found_by_searching(send, add):
    add(send(f"{HEAD}أمل خالد السلمي,0551112223\n"))
    amal = person_called("أمل خالد السلمي")
    words = db.select(SearchWord.word).where(SearchWord.person_id == amal.id)
    assert {"امل", "خالد", "سلمي", "#223"} < set(db.session.scalars(words))
    assert [one.id for one in people.page_of(1, "السلمي").items] == [amal.id]


def test_who_is_entered_by_hand_after_an_import_is_found_too(cast, now, send, add):
    """What was left out for the import is back."""
    add(send(f"{HEAD}أمل خالد السلمي,0551112223\n"))
    people.create(
        people.Profile(name="بدر الهذلي", mobile="+966551112229"), by=cast.layla.id, now=now
    )
    assert [one.name for one in people.page_of(1, "هذلي").items] == ["بدر الهذلي"]


def test_one_audit_entry_names_everybody_by_ranges(cast, send, add):
    row = add(
        send("".join([HEAD, *(f"متطوع {chr(0x628 + n)}ارث,05511122{n:02d}\n" for n in range(20))]))
    )
    entry = db.session.scalar(db.select(AuditEntry).where(AuditEntry.act == "import.add"))
    assert (entry.thing, entry.thing_id, entry.actor_id) == ("import", row.id, cast.layla.id)
    [[first, last]] = entry.facts["people"]
    assert (entry.facts["number"], last - first) == (20, 19)
    made = db.session.scalars(db.select(Person.id).where(Person.id.between(first, last))).all()
    assert len(made) == 20
    assert acts()[-3:] == ["import.begin", "import.confirm", "import.add"]


def test_those_in_doubt_are_added_only_when_wanted(cast, send, add):
    text = f"{HEAD}نورة سعد القحطاني,0559998887\nأمل خالد,0551112223\n"
    row = add(send(text))
    assert (row.good, row.faulty) == (1, 1)
    assert fates(row.id) == {2: "doubtful"}
    row = add(send(text), with_doubtful=True)
    assert row.good == 1
    assert len(people.of_mobile("+966559998887")) == 1


def test_the_same_list_twice_adds_nobody_twice(send, add, cast, now):
    add(send(corpus.PLAIN), with_doubtful=True)
    before = count(Person)
    again = send(corpus.PLAIN)
    assert set(fates(again).values()) == {"known"}
    with pytest.raises(Problem) as problem:
        importing.add(again, with_doubtful=True, by=cast.layla.id, now=now)
    assert problem.value.code == "no_good_rows"
    assert count(Person) == before


def test_who_came_in_between_is_given_back(cast, now, send, work):
    """The preview is hours old when somebody presses; another was faster."""
    import_id = send(f"{HEAD}أمل خالد السلمي,0551112223\nهند سعد العمري,0551112224\n")
    importing.add(import_id, with_doubtful=False, by=cast.layla.id, now=now)
    people.create(
        people.Profile(name="أمل خالد السلمي", mobile="+966551112223"), by=cast.layla.id, now=now
    )
    work()
    row = row_of(import_id)
    assert (row.state, row.good) == ("added", 1)
    assert fates(import_id)[2] == "known"
    assert len(people.of_mobile("+966551112223")) == 1


def test_who_came_while_rows_were_compared_is_seen_under_the_lock(cast, now, send):
    import_id = send(f"{HEAD}أمل خالد السلمي,0551112223\nهند سعد العمري,0551112224\n")
    importing.add(import_id, with_doubtful=False, by=cast.layla.id, now=now)
    asked = []

    def clock():
        """Asked before the work, when it is taken, when rows are compared, and to add them."""
        asked.append(now)
        if len(asked) == 4:
            amal = people.Profile(name="أمل خالد السلمي", mobile="+966551112223")
            people.create(amal, by=cast.layla.id, now=now)
        return now

    importing.work_on_waiting(clock)
    row = row_of(import_id)
    assert (row.state, row.good, row.faulty) == ("added", 1, 1)
    assert codes(import_id) == {2: ["person_exists"]}
    assert len(people.of_mobile("+966551112223")) == 1


def test_all_of_a_list_is_added_or_nothing(cast, now, send, work, save):
    """Its team is gone when it is added: nobody may come in without it."""
    team = Team(name_ar="فريق العوالي", name_en="Al Awali")
    save(team)
    import_id = send(f"الاسم,الجوال,الفريق\n{corpus.ONE},\n{corpus.TWO},فريق العوالي\n")
    before = count(Person)
    importing.add(import_id, with_doubtful=True, by=cast.layla.id, now=now)

    @transaction
    def remove_team():
        db.session.execute(db.delete(Team))

    remove_team()
    work()
    assert (row_of(import_id).state, row_of(import_id).fault) == ("failed", "import_failed")
    assert count(Person) == before
    badr = people.Profile(name="بدر الهذلي", mobile="+966551112229")
    people.create(badr, by=cast.layla.id, now=now)
    assert people.page_of(1, "هذلي").total == 1


# --- the work ------------------------------------------------------------------------------


def test_work_that_broke_off_is_taken_up_when_its_lease_is_over(cast, now, work):
    import_id = importing.begin(corpus.PLAIN.encode(), "list.csv", by=cast.layla.id, now=now)
    assert working.QUEUE.take(now) == import_id
    assert importing.work_on_waiting(lambda: now) == 0
    assert row_of(import_id).state == "checking"
    later = now + leases.LEASE + timedelta(seconds=1)
    assert importing.work_on_waiting(lambda: later) == 1
    assert row_of(import_id).state == "ready"


def test_adding_that_broke_off_adds_nobody_twice(cast, now, send, add):
    """The people were there, the words under which they are found not yet."""
    row = add(send(corpus.PLAIN), with_doubtful=True)
    before = count(Person)

    @transaction
    def broken_off():
        held = importing.find(row.id)
        held.state, held.finished_at = "adding", None

    broken_off()
    importing.work_on_waiting(lambda: now)
    assert row_of(row.id).state == "added"
    assert count(Person) == before


def test_a_dropped_file_is_forgotten(cast, now, send):
    import_id = send(corpus.PLAIN)
    importing.drop(import_id, by=cast.layla.id, now=now)
    row = row_of(import_id)
    assert (row.state, row.content, row.outcome) == ("dropped", None, None)
    with pytest.raises(Conflict):
        importing.add(import_id, with_doubtful=True, by=cast.layla.id, now=now)
    with pytest.raises(NotFound):
        importing.outcome_of(row)


def test_files_go_after_a_week(cast, now, send, add):
    looked_at, added = send(corpus.PLAIN), add(send(f"{HEAD}أمل خالد,0551112223\n")).id
    assert importing.forget_passed(now + timedelta(days=6)) == 0
    assert importing.forget_passed(now + timedelta(days=8)) == 2
    assert importing.forget_passed(now + timedelta(days=8)) == 0
    assert (row_of(looked_at).state, row_of(added).state) == ("dropped", "added")
    assert row_of(looked_at).content is None
    assert row_of(added).outcome is None


def test_nobody_finds_an_import_that_is_none():
    with pytest.raises(NotFound):
        importing.find(12345)


# --- rosters -------------------------------------------------------------------------------


def test_a_roster_is_matched_by_mobile_or_name(cast, now, send, add):
    hind, badr = (factories.person(now, name) for name in ("هند سعد العمري", "بدر فهد الهذلي"))
    twins = [factories.person(now, "خالد علي السلمي") for _ in range(2)]
    suspended = factories.person(now, "موقوف علي", suspended_at=now)
    text = "\n".join(
        [
            "الاسم,الجوال",
            f",{hind.mobile}",
            "بدر فهد هذلي,",
            "خالد علي السلمي,",
            f"خالد السلمي,{twins[0].mobile}",
            "لا أحد يعرفه,",
            "أمل خالد السلمي,0551112223",
            f"نورة سعد القحطاني,{cast.noura.mobile}",
            ",0551119999",
            f"هند سعد العمري,{hind.mobile}",
            f"موقوف علي,{suspended.mobile}",
        ]
    )
    import_id = send(text, shift_id=cast.shift.id)
    assert codes(import_id) == {
        2: [],
        3: [],
        4: ["person_several"],
        5: ["mobile_of_other"],
        6: ["person_unknown"],
        7: ["person_new"],
        8: [],
        9: ["name_missing"],
        10: ["row_repeated"],
        11: ["person_suspended"],
    }
    assert fates(import_id)[8] == "known"
    row = add(import_id)
    assert row.good == 3
    expected = db.select(Assignment.person_id).where(Assignment.shift_id == cast.shift.id)
    amal = person_called("أمل خالد السلمي")
    assert set(db.session.scalars(expected)) == {cast.noura.id, hind.id, badr.id, amal.id}


def test_a_roster_has_an_end(cast, send):
    rows = "".join(f"متطوع,05511{n:05d}\n" for n in range(5001))
    row = row_of(send(HEAD + rows, shift_id=cast.shift.id))
    assert (row.state, row.fault, row.mapping["facts"]) == (
        *("failed", "too_many_rows", {"most": 5000}),
    )


def test_a_roster_of_a_cancelled_shift_is_refused(cast, now, send):
    factories.alter(cast.shift, cancelled_at=now)
    with pytest.raises(Problem) as problem:
        send(corpus.PLAIN, shift_id=cast.shift.id)
    assert problem.value.code == "shift_cancelled"


def test_a_shift_closed_after_the_preview_is_told(cast, now, send, add):
    import_id = send(corpus.PLAIN, shift_id=cast.shift.id)
    factories.alter(cast.shift, closed_at=now)
    before = count(Person)
    row = add(import_id, with_doubtful=True)
    assert (row.state, row.fault) == ("failed", "shift_closed")
    assert count(Person) == before
