"""Reports: the order and names of rows, how long they may be; what they count is proved elsewhere.

Every figure by every dimension against a slow count: `test_figures_reference.py`.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.models import Attendance
from checkin.operations import approvals, figures
from checkin.operations.figures import Dimension, Filter
from checkin.operations.permissions import Reach
from tests import factories

ALL = Filter(Reach(everywhere=True))
MINUTE = timedelta(minutes=1)


def worked(now, who, site, call, days) -> None:
    """Four hours, approved."""
    begin = now - timedelta(days=days, hours=5)
    shift = factories.shift(begin, site, call)
    factories.assign(begin - timedelta(days=1), who, shift)
    factories.check_in(who, factories.poster(begin, site, shift), begin)
    factories.check_out(who, shift, begin + 240 * MINUTE)


def approve_all(by, now) -> None:
    for one in db.session.scalars(select(Attendance)).all():
        approvals.approve(one.id, one.row_version, by=by.id, now=now)


def test_rows_have_names_and_stand_in_their_order(cast, now):
    general, skilled = factories.opportunity(now), factories.opportunity(now, type="skilled")
    for site, call, days in (
        *((cast.squares, skilled, 1), (cast.squares, general, 2)),
        *((cast.mataf, skilled, 40), (cast.squares, skilled, 41)),
    ):
        worked(now, cast.noura, site, call, days)
    approve_all(cast.layla, now)
    told = figures.report([Dimension.SITE, Dimension.MONTH], ALL)
    assert [row.name_en for row in told.rows] == [cast.squares.name_en, cast.mataf.name_en]
    months = [row.key for row in told.rows[0].rows]
    assert len(months) == 2
    assert months == sorted(months)
    assert told.rows[0].rows[0].name_ar is None
    types = figures.report([Dimension.TYPE], ALL)
    assert [row.key for row in types.rows] == ["general", "skilled"]
    assert [row.totals.attendances for row in types.rows] == [1, 3]
    assert types.total.volunteers == 1


def test_a_report_of_too_many_rows_is_refused(cast, now):
    call = factories.opportunity(now)
    for days in (1, 6000):
        worked(now, cast.noura, cast.mataf, call, days)
    with pytest.raises(Problem, match="report_too_long"):
        figures.report([Dimension.DAY, Dimension.SITE], ALL)
    assert len(figures.report([Dimension.DAY], ALL).rows) == 2
    worked(now, cast.noura, cast.mataf, call, 21_000)
    with pytest.raises(Problem, match="report_of_one_too_long"):
        figures.report([Dimension.DAY], ALL)
    assert len(figures.report([Dimension.DAY], Filter(ALL.reach, now.date())).rows) == 0


def test_a_report_is_by_one_or_two_different_dimensions():
    for wrong in ([], [Dimension.SITE] * 2, [Dimension.SITE, Dimension.TYPE, Dimension.TEAM]):
        with pytest.raises(ValueError, match="one or two"):
            figures.report(wrong, ALL)


def test_nothing_was_ever_done(cast):
    assert figures.report([Dimension.WEEK, Dimension.TEAM], ALL).rows == ()
