"""Earlier years: files read with their oddities, entered once with a source, counted when asked."""

from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.text import latin_digits
from checkin.models import Attendance, AuditEntry, Campaign, PastTotal, Site
from checkin.operations import approvals, past
from checkin.operations.figures import Filter, Totals, proof, spans
from checkin.operations.past import ALL, Entry, Figures
from checkin.operations.permissions import Reach
from tests import factories
from tests.operations.importing.corpus import workbook

EVERYWHERE = Filter(Reach(everywhere=True))
SOURCE = "التقرير السنوي 1444هـ، ص 12"


@pytest.fixture
def send(cast, now):
    """A file that Layla sends, read."""

    def send(content, kind="totals", period="", name="years.csv"):
        content = content.encode() if isinstance(content, str) else content
        facts = {"kind": kind, "source": SOURCE, "period": period}
        return past.begin(content, name, **facts, by=cast.layla.id, now=now)

    return send


@pytest.fixture
def enter(cast, now):
    def enter(*entries, seen=(), source=SOURCE):
        return past.enter(entries, source=source, seen=seen, by=cast.layla.id, now=now)

    return enter


def year(period="2023", scope=ALL, key=0, **figures) -> Entry:
    return Entry(period, scope, key, Figures(**figures))


def told(draft) -> dict[tuple[str, str, int], dict]:
    """What was found, by place, without what was not told."""
    return {
        one.place: {name: n for name, n in one.figures._asdict().items() if n is not None}
        for one in draft.found.entries
    }


def faults(draft) -> list[tuple[int, str]]:
    return [(fault.row, fault.told.code) for fault in draft.found.faults]


def acts() -> list[tuple[str, dict]]:
    query = db.select(AuditEntry).where(AuditEntry.thing == "past_total").order_by(AuditEntry.id)
    return [(entry.act, entry.facts) for entry in db.session.scalars(query)]


@pytest.fixture
def worked(now, cast):
    """Noura's four hours at the Mataf, approved."""
    factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    done = factories.check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=30)
    record = db.session.get_one(Attendance, done.attendance_id)
    later = cast.shift.ends_at + timedelta(hours=1)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    return db.session.get_one(Attendance, record.id, populate_existing=True)


# --- files ---------------------------------------------------------------------------------


def test_totals_of_an_awkward_text_file(send, cast):
    text = (
        "إحصاءات التطوع;;;;\n"
        "السنة;الموقع;عدد الساعات;المستفيدون;العائد الاقتصادي\n"
        "١٤٤٣هـ;;١٬٢٠٤٫٥;٨٠٢٬٦١٢;91.000.000,50\n"
        f"1443;{cast.mataf.name_ar};600:30;-;\n"
        "1443;;7;;\n"
        "1442;;-5;;\n"
        "1441;برج لا نعرفه;5;;\n"
        "1442/1443;;5;;\n"
        "14430;;5;;\n"
        "1440;;4.200;;\n"
        "1439;;;;\n"
        "1438;;=1+1;;\n"
        "1437;;5;3.5;\n"
        "الإجمالي;;1811;;\n"
    )
    draft = send(text)
    windows = send(latin_digits(text).encode("cp1256"))
    assert told(windows) == told(draft)
    assert told(draft) == {
        ("1443h", "all", 0): {
            "approved_minutes": 72270,
            "beneficiaries": 802612,
            "value_halalas": 9_100_000_050,
        },
        ("1443h", "site", cast.mataf.id): {"approved_minutes": 36030},
    }
    assert faults(draft) == [
        (5, "year_repeated"),
        (6, "amount_negative"),
        (7, "site_unknown"),
        (8, "year_of_two"),
        (9, "year_implausible"),
        (10, "amount_in_doubt"),
        (11, "nothing_told"),
        (12, "number_unreadable"),
        (13, "number_not_whole"),
    ]
    assert draft.found.left_out == 9
    assert draft.found.unknown == [("site", "برج لا نعرفه", 1)]


def test_totals_of_a_workbook(send, cast):
    book = workbook(
        ("Year", "Hours", "Volunteers", "Partner", "Campaign", "Opportunities"),
        (2022, 1204.5, 40, None, None, 12),
        (date(2021, 12, 31), 77337, 1, None, None, None),
        (2020, "=1+1", None, None, None, None),
        (2019, 10, 2_000_000_000, None, None, None),
        (2018, 5, None, cast.university.name_en, None, None),
        (2018, 5, None, cast.university.name_en, "Kindness", None),
        (None, 5, None, None, None, None),
    )
    draft = send(book, name="years.xlsx")
    assert told(draft) == {
        ("2022", "all", 0): {"approved_minutes": 72270, "volunteers": 40, "opportunities": 12},
        ("2018", "partner", cast.university.id): {"approved_minutes": 300},
    }
    assert faults(draft) == [
        (3, "hours_impossible"),
        (4, "cell_uncalculated"),
        (5, "amount_too_large"),
        (7, "scope_several"),
        (8, "year_missing"),
    ]


def test_an_attendance_list_counts_everybody_once(send, cast):
    text = (
        "الاسم,الجوال,التاريخ,من,إلى,المستفيدون,الموقع,الفرصة\n"
        f"نورة سعد القحطاني,0551234567,2022-05-01,16:00,20:30,10,{cast.mataf.name_ar},سقيا\n"
        "نوره سعد القحطاني,,2022/5/2,10:00 م,2:00 ص,5,بوابة قديمة,سقيا\n"
        "سالم عوض الغامدي,٠٥٦١٢٣٤٥٦٧,01/05/2022,16:00,20:00,,,إرشاد\n"
        "سالم عوض الغامدي,٠٥٦١٢٣٤٥٦٧,15/9/1442,16:00,17:00,,,\n"
        f"نورة سعد القحطاني,0551234567,2022-05-01,16:00,20:30,10,{cast.mataf.name_ar},سقيا\n"
        ",,2022-05-03,16:00,20:00,,,\n"
        "هدى الزهراني,,غدا,16:00,20:00,,,\n"
        "هدى الزهراني,,2022-05-03,25:00,20:00,,,\n"
    )
    draft = send(text, "attended")
    assert told(draft)["2022", "all", 0] == {
        "approved_minutes": 270 + 240 + 240,
        "beneficiaries": 15,
        "volunteers": 2,
        "attendances": 3,
        "opportunities": 2,
    }
    assert told(draft)["2022", "site", cast.mataf.id]["volunteers"] == 1
    assert told(draft)["2021", "all", 0]["approved_minutes"] == 60
    assert draft.found.people == 2
    assert draft.found.unknown == [("site", "بوابة قديمة", 1)]
    assert faults(draft) == [
        (6, "attendance_repeated"),
        (7, "person_missing"),
        (8, "year_unreadable"),
        (9, "clock_unreadable"),
    ]


def test_rows_that_are_alike_count_once(send):
    text = (
        "م,الاسم,الجوال,التاريخ,الساعات,الفرصة\n"
        "1,نورة سعد,0551234567,2022-05-01,4,سقيا\n"
        "2,نوره سعد,966551234567,2022/5/1,4,سقيا\n"
        "3,نورة سعد,0551234567,2022-05-01,4,إرشاد\n"
        "4,نورة سعد,0551234567,2022-05-02,4,سقيا\n"
        "5,سالم عوض,,2022-05-01,4,سقيا\n"
    )
    draft = send(text, "attended")
    assert told(draft)["2022", "all", 0]["approved_minutes"] == 16 * 60
    assert told(draft)["2022", "all", 0]["attendances"] == 4
    assert (draft.found.left_out, draft.found.alike) == (1, 1)
    assert [(one.row, one.told.facts) for one in draft.found.faults] == [(3, {"number": 2})]
    of_years = "م,الاسم,السنة,الساعات\n1,نورة سعد,2022,4\n2,نورة سعد,2022,4\n2,نورة سعد,2022,4\n"
    assert told(send(of_years, "attended"))["2022", "all", 0]["approved_minutes"] == 8 * 60


def test_a_sum_of_all_sites_is_of_everybody_and_a_sum_of_all_years_is_left_out(send, cast):
    text = f"الموقع,السنة,الساعات\n{cast.mataf.name_ar},2022,5\nالإجمالي,2022,9\n,الإجمالي,14\n"
    draft = send(text)
    assert told(draft)["2022", "all", 0] == {"approved_minutes": 540}
    assert (len(told(draft)), draft.found.rows, draft.found.left_out) == (2, 2, 0)


def test_a_list_of_volunteers_and_their_year(send):
    text = "Name,Mobile,Hours,Year\nAhmad Ali,0551234567,12.5,1444\nSalem Awad,,8,2022\n"
    draft = send(text, "attended")
    assert told(draft) == {("1444h", "all", 0): {"approved_minutes": 750, "volunteers": 1}}
    assert faults(draft) == [(3, "year_of_other_calendar")]
    too_much = send("Name,Date,Hours\nAhmad Ali,2022-01-01,25\n", "attended")
    assert faults(too_much) == [(2, "hours_impossible")]


def test_columns_are_named_once_and_the_year_may_be_said_beside_the_file(send, cast, now):
    text = "عدد المنجز,م\n12,1\n"
    draft = send(text, period="2022")
    assert draft.found is None
    with pytest.raises(Problem, match="columns_missing"):
        past.name_columns(draft.name, ["", ""], by=cast.layla.id, now=now)
    named = past.name_columns(draft.name, ["beneficiaries", ""], by=cast.layla.id, now=now)
    assert told(named) == {("2022", "all", 0): {"beneficiaries": 12}}
    assert told(send(text, period="2021")) == {("2021", "all", 0): {"beneficiaries": 12}}
    without = send(text)
    assert without.found is None
    with pytest.raises(Problem, match="columns_missing"):
        past.name_columns(without.name, ["beneficiaries", ""], by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="year_unreadable"):
        send(text, period="2026")


@pytest.mark.parametrize(
    "text",
    ["1437,100,200\n", "١٤٣٧هـ,١٠٠,٢٠٠\n1438,1300,250\n", "1437,1450,1400\n1438,1300,1250\n"],
)
def test_a_first_row_that_tells_a_year_is_no_headings(send, cast, now, text):
    draft = send(text)
    assert (draft.found, draft.look["row"], draft.look["columns"][0]) == (None, 0, "year")
    fields = ["year", "hours", "volunteers"]
    named = past.name_columns(draft.name, fields, by=cast.layla.id, now=now)
    assert ("1437h", "all", 0) in told(named)
    assert named.found.rows == text.count("\n")


def test_a_list_without_headings_keeps_its_first_row(send, cast, now):
    draft = send("نورة سعد,2022-03-01,4\nسالم عوض,2022-03-02,3\n", "attended")
    assert draft.look["columns"] == ["name", "date", ""]
    fields = ["name", "date", "hours"]
    named = past.name_columns(draft.name, fields, by=cast.layla.id, now=now)
    assert told(named)["2022", "all", 0]["approved_minutes"] == 7 * 60


def test_headings_alone_tell_no_years(send):
    with pytest.raises(Problem, match="no_years"):
        send("السنة,الساعات\n")
    with pytest.raises(Problem, match="no_rows"):
        send("الاسم,التاريخ\n", "attended")


def test_years_across_are_headings(send):
    assert send("الموقع,2021,2022\nالمطاف,100,200\n").look["row"] == 1


def test_a_file_is_for_one_day_and_needs_a_source(send, cast, now):
    draft = send("السنة,الساعات\n2022,5\n")
    assert past.find_draft(draft.name, now) == draft
    assert past.forget_passed(now) == 0
    with pytest.raises(Conflict, match="past_file_gone"):
        past.find_draft(draft.name, now + past.KEPT)
    with pytest.raises(NotFound):
        past.find_draft("../checkin", now)
    assert past.forget_passed(now + past.KEPT) >= 1
    with pytest.raises(Conflict, match="past_file_gone"):
        past.find_draft(draft.name, now)
    with pytest.raises(Problem, match="source_missing"):
        past.begin(b"x", "x", kind="totals", source=" - ", by=cast.layla.id, now=now)


# --- entering ------------------------------------------------------------------------------


def test_lines_are_entered_replaced_and_taken_back(cast, now, enter):
    assert enter(year(approved_minutes=600), year("2022", volunteers=5)) == 2
    (first, second) = past.lines(EVERYWHERE.reach)
    assert (first.row.source, first.imported_by) == (SOURCE, cast.layla.name)
    with pytest.raises(Conflict, match="past_changed"):
        enter(year(approved_minutes=660))
    enter(year(approved_minutes=660), seen=[first.row.id])
    assert past.counted(EVERYWHERE).figures.approved_minutes == 660
    past.drop(second.row.id, by=cast.majed.id, now=now)
    past.drop(second.row.id, by=cast.layla.id, now=now)
    assert [one.row.period for one in past.lines(EVERYWHERE.reach)] == ["2023"]
    gone = {one.row.id: one.dropped_by for one in past.dropped(EVERYWHERE.reach)}
    assert gone == {first.row.id: cast.layla.name, second.row.id: cast.majed.name}
    assert [act for act, _ in acts()] == ["past.enter", "past.enter", "past.drop"]
    assert acts()[1][1]["replaced"] == [first.row.id]


def test_years_that_would_count_twice_are_refused(cast, now, enter, worked):
    def problems(*entries):
        found = past.prospects(entries, now.date())
        return [one.problem.code if one.problem else "" for one in found]

    assert problems(year("2026"), year("1448h"), year("2030")) == ["year_not_over"] * 3
    factories.alter(worked, work_on=date(2023, 5, 1))
    proof.recompute()
    assert problems(year("2023"), year("1444h"), year("2022")) == ["year_worked"] * 2 + [""]
    assert problems(year("2019"), year("1441h"), year("1438h")) == ["", "year_shared", ""]
    enter(year("1438h", volunteers=5))
    assert problems(year("2017"), year("2018"), year("1439h")) == ["year_shared", "", "year_shared"]
    with pytest.raises(Problem, match="nothing_to_enter"):
        enter(year("2023", volunteers=5))


def test_a_line_by_hand_never_replaces_another(cast, now):
    by = {"source": SOURCE, "by": cast.layla.id, "now": now}
    past.put(year(volunteers=5), **by)
    with pytest.raises(Problem, match="past_taken"):
        past.put(year(volunteers=6), **by)
    with pytest.raises(Problem, match="nothing_told"):
        past.put(year("2022"), **by)
    with pytest.raises(NotFound):
        past.put(year("2022", "site", 999, volunteers=6), **by)


# --- counting ------------------------------------------------------------------------------


def test_only_whole_years_of_exactly_what_is_asked_are_counted(cast, enter):
    campaign = factories.keep(Campaign(name_ar="برا بمكة", name_en="Kindness in Makkah"))
    enter(
        year("2023", approved_minutes=600, volunteers=40),
        year("2023", "site", cast.mataf.id, approved_minutes=120, beneficiaries=7),
        year("2023", "site", cast.squares.id, beneficiaries=5, volunteers=3),
        year("2022", approved_minutes=60, volunteers=10),
        year("2022", "partner", cast.university.id, approved_minutes=30),
        year("2022", "campaign", campaign.id, approved_minutes=15),
    )

    def minutes(**asked):
        reach = asked.pop("reach", EVERYWHERE.reach)
        return past.counted(Filter(reach, **asked)).figures.approved_minutes

    first, last = date(2023, 1, 1), date(2023, 12, 31)
    assert minutes() == 660
    hijri = spans.of_key("1438h")
    assert minutes(first=hijri.first, last=hijri.last) is None
    enter(year("1438h", approved_minutes=5))
    assert minutes(first=hijri.first, last=hijri.last) == 5
    assert minutes() == 665
    assert minutes(first=first, last=last) == 600
    assert minutes(first=first, last=date(2023, 11, 30)) is None
    assert minutes(site_id=cast.mataf.id) == 120
    assert minutes(partner_id=cast.university.id) == 30
    assert minutes(campaign_id=campaign.id) == 15
    assert minutes(site_id=cast.mataf.id, partner_id=cast.university.id) is None
    assert minutes(service_id=1) is None
    assert minutes(reach=Reach(site_ids=frozenset([cast.mataf.id]))) == 120
    assert minutes(reach=Reach(partner_ids=frozenset([cast.university.id]))) == 30
    others = Reach(site_ids=frozenset([cast.squares.id]))
    assert minutes(reach=others, site_id=cast.mataf.id) is None
    assert minutes(reach=Reach()) is None
    whole = past.counted(EVERYWHERE)
    assert (whole.figures.beneficiaries, whole.figures.volunteers) == (12, 50)
    assert [one.period for one in whole.years] == ["2023", "2022", "1438h"]
    assert whole.sources_of("volunteers") == (SOURCE,)
    assert whole.sources_of("value_halalas") == ()


def test_parts_are_no_whole_until_each_site_is_told(cast, enter):
    enter(
        year("2023", approved_minutes=600),
        year("2023", "site", cast.mataf.id, volunteers=3),
        year("2022", "site", cast.mataf.id, approved_minutes=60),
        year("2021", "partner", cast.university.id, approved_minutes=60),
    )
    told = {one.period: one.parts for one in past.counted(EVERYWHERE).years}
    of_mataf = ("site", frozenset([cast.mataf.id]))
    of_university = ("partner", frozenset([cast.university.id]))
    assert told == {
        "2023": {"volunteers": of_mataf},
        "2022": {"approved_minutes": of_mataf},
        "2021": {"approved_minutes": of_university},
    }
    both = Reach(site_ids=frozenset([cast.mataf.id, cast.squares.id]))
    own = Reach(site_ids=frozenset([cast.mataf.id]))
    assert len(past.counted(Filter(both)).in_part("approved_minutes")) == 1
    assert past.counted(Filter(own)).in_part("approved_minutes") == []
    assert not past.counted(Filter(EVERYWHERE.reach, site_id=cast.mataf.id)).years[0].parts
    sites = db.session.scalars(db.select(Site.id)).all()
    enter(*(year("2019", "site", one, approved_minutes=60) for one in sites))
    assert past.counted(EVERYWHERE).years[-1].parts == {}


def test_people_of_earlier_years_are_never_added_to_ours(enter):
    enter(year(approved_minutes=600, volunteers=40, opportunities=3, attendances=9))
    ours = Totals(approved_minutes=60, volunteers=2, opportunities=1, attendances=1)
    both = past.counted(EVERYWHERE).added_to(ours)
    assert (both.approved_minutes, both.attendances) == (660, 10)
    assert (both.volunteers, both.opportunities) == (2, 1)
    assert past.counted(EVERYWHERE).apart(ours) == {"volunteers": 40, "opportunities": 3}
    alone = past.counted(EVERYWHERE)
    assert (alone.added_to(Totals()).volunteers, alone.apart(Totals())) == (40, {})
    enter(year("2022", volunteers=5))
    several = past.counted(EVERYWHERE)
    assert several.added_to(Totals()).volunteers == 0
    assert several.apart(Totals())["volunteers"] == 45


def test_a_line_taken_back_counts_no_more(cast, now, enter):
    enter(year(approved_minutes=600))
    (line,) = db.session.scalars(db.select(PastTotal))
    past.drop(line.id, by=cast.layla.id, now=now)
    assert not past.counted(EVERYWHERE)
    with pytest.raises(NotFound):
        past.drop(line.id + 1, by=cast.layla.id, now=now)
