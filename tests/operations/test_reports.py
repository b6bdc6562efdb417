"""Reports under a name, and what figures may be narrowed to: by whom, and how far."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance, AuditEntry, Lane
from checkin.operations import approvals, reports
from checkin.operations.figures import naming
from checkin.operations.permissions import Reach
from checkin.operations.reports import Naming
from tests import factories

ALL = Reach(everywhere=True)


def names(of: int) -> list[str]:
    return [row.SavedReport.name for row in reports.seen_by(of)]


def test_a_name_is_ones_own_and_taken_once(cast, now):
    mine = reports.keep(Naming("ساعات"), "by=site", by=cast.layla.id, now=now)
    reports.keep(Naming("ساعات"), "by=site", by=cast.salem.id, now=now)
    other = reports.keep(Naming("فرق"), "by=team", by=cast.layla.id, now=now)
    for act in (
        lambda: reports.keep(Naming("ساعات"), "by=day", by=cast.layla.id, now=now),
        lambda: reports.rename(other, Naming("ساعات"), by=cast.layla.id, now=now),
    ):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == "report_name_taken"
    assert names(cast.layla.id) == ["ساعات", "فرق"]
    reports.remove(mine, by=cast.layla.id, now=now)
    assert names(cast.layla.id) == ["فرق"]
    assert names(cast.salem.id) == ["ساعات"]


def test_others_find_it_while_it_is_shared_and_never_change_it(cast, now):
    key = reports.keep(Naming("للجميع", is_shared=True), "by=site", by=cast.layla.id, now=now)
    assert names(cast.huda.id) == ["للجميع"]
    for act in (
        lambda: reports.rename(key, Naming("لي"), by=cast.huda.id, now=now),
        lambda: reports.remove(key, by=cast.huda.id, now=now),
    ):
        with pytest.raises(NotFound):
            act()
    reports.rename(key, Naming("للجميع"), by=cast.layla.id, now=now)
    assert names(cast.huda.id) == []
    reports.rename(key, Naming("للجميع"), by=cast.layla.id, now=now)
    noted = select(AuditEntry.act, AuditEntry.facts).where(AuditEntry.thing == "report")
    assert db.session.execute(noted.order_by(AuditEntry.id)).all() == [
        ("report.keep", {"shared": 1}),
        ("report.rename", {"shared": 0}),
    ]


def test_figures_are_narrowed_to_what_one_has_to_do_with(cast, now):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))
    factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    done = factories.check_out(cast.noura, cast.shift, now + timedelta(hours=1))
    readers = {
        "all": ALL,
        "mataf": Reach(site_ids=frozenset({cast.mataf.id})),
        "squares": Reach(site_ids=frozenset({cast.squares.id})),
        "university": Reach(partner_ids=frozenset({cast.university.id})),
    }
    asked = {
        "site": cast.mataf.id,
        "opportunity": cast.shift.opportunity_id,
        "partner": cast.university.id,
        "lane": lane.id,
    }

    def seen(what: str) -> set[str]:
        return {name for name, reach in readers.items() if _found(what, asked[what], reach)}

    assert seen("site") == seen("opportunity") == {"all", "mataf", "university"}
    assert seen("partner") == set(readers)
    assert seen("lane") == {"all", "mataf"}
    record = db.session.get_one(Attendance, done.attendance_id)
    later = now + timedelta(hours=5)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    offered = {
        name: [one.id for one in naming.choosable("site", reach)] for name, reach in readers.items()
    }
    assert offered["mataf"] == offered["university"] == [cast.mataf.id]
    assert offered["squares"] == [cast.squares.id]
    (known,) = naming.choosable("lane", ALL)
    assert (known.name_en, known.site.name_en) == ("Lane 3", "Mataf courtyard")


def _found(what: str, key: int, reach: Reach) -> bool:
    try:
        return naming.find(what, key, reach).id == key
    except NotFound:
        return False
