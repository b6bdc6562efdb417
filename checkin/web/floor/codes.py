"""The code beside the list: what the site's display shows now, else what its poster says."""

from datetime import datetime

from flask import render_template
from flask_login import current_user
from markupsafe import Markup

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import displays, floor, posters
from checkin.web import clock
from checkin.web.floor.blueprint import bp, may_at, site_within
from checkin.web.guard import requires
from checkin.web.qr import poster_url, qr_svg, upper_base


@bp.get("/floor/<int:site_id>/code")
@requires(Permission.SHOW_CODE)
def code(site_id: int):
    """The next half minute's code; not there when the site has no display at work any more."""
    site, now = site_within(site_id, Permission.SHOW_CODE), clock.now()
    live = displays.live_at(site.id, now)
    if live is None:
        raise NotFound("display")
    return render_template("floor/_live_code.html", live=live, code=_picture(live), now=now)


def code_facts(site: Site, now: datetime) -> dict[str, object]:
    """What the card on the floor shows to this person."""
    may_show = _may_show(site)
    live = displays.live_at(site.id, now) if may_show else None
    poster = posters.poster_of(site.id)
    return {
        "live": live,
        "poster": poster,
        "code": _picture(live) if live else poster and qr_svg(poster_url(poster), "M"),
        "may_print": may_at(site, Permission.MANAGE_POSTERS),
        "may_show": may_show,
        "may_pair": may_at(site, Permission.MANAGE_DISPLAYS),
    }


def _may_show(site: Site) -> bool:
    """Also somebody who leads one shift here."""
    reach = current_user.reach(Permission.SHOW_CODE)
    return not reach.is_empty and any(one.id == site.id for one in floor.sites_of(reach))


def _picture(live: displays.Live) -> Markup:
    return qr_svg(f"{upper_base()}/R/{live.token}", "M")
