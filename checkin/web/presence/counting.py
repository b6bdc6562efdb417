"""The head count: a number, and what it says beside the list."""

import uuid
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import HiddenField

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import presence
from checkin.web import clock
from checkin.web.fields import Form, number_field
from checkin.web.guard import requires
from checkin.web.presence.blueprint import CALL, bp, may_at, own_id, site_within

MOST = 100_000


class CountForm(Form):
    uid = HiddenField(filters=[own_id])
    counted = number_field(
        _l("How many volunteers do you count?"),
        0,
        MOST,
        description=_l("Those you see at the site now, without yourself"),
    )


@bp.get("/head-count")
@requires(CALL)
def head_count(site_id: int):
    """Ask for a number; after one was given, say what it means and what to do next."""
    site, now = site_within(site_id), clock.now()
    form = CountForm(formdata=None, uid=str(uuid.uuid4()))
    return _page(site, form, now)


@bp.post("/head-count")
@requires(CALL)
def count_heads(site_id: int):
    """Keep the number beside the list of this instant."""
    site, now = site_within(site_id), clock.now()
    form = CountForm()
    if not form.validate_on_submit():
        return _page(site, form, now), 422
    told = {"reach": current_user.reach(CALL), "by": current_user.id, "now": now}
    try:
        uid = form.uid.data or str(uuid.uuid4())
        kept = presence.count(uid, site.id, form.counted.data, **told)
    except Problem as problem:
        form.refuse(problem)
        form.uid.data = str(uuid.uuid4())
        return _page(site, form, now), form.status
    return redirect(url_for("presence.head_count", site_id=site.id, kept=kept.count_uid), 303)


def _page(site: Site, form: CountForm, now: datetime):
    counts = presence.counts_at(site.id, now)
    asked = request.args.get("kept", "")
    said = next((row for row in counts if asked and row.count_uid == asked), None)
    return render_template(
        "presence/head_count.html",
        site=site,
        zone=site.zone,
        form=form,
        said=said,
        counts=counts,
        may_check=may_at(site, Permission.ENTER_ATTENDANCE),
    )
