"""Pages that are nobody's room: the front door, help, privacy, health; and the reader's choices."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import accounts, jobs, settings
from checkin.web.guard import public
from checkin.web.i18n import set_prefs
from checkin.web.scan_forms import CodeForm
from checkin.web.targets import nearest_page, safe_target, this_page

bp = Blueprint("pages", __name__)
preferences = Blueprint("preferences", __name__)
preferences.add_app_template_global(this_page)


@bp.get("/")
@public
def home():
    """Volunteers land on their hours, staff on their work, strangers on the typed code."""
    if not current_user.is_authenticated:
        return render_template("pages/home.html", form=CodeForm())
    for permission, endpoint in (
        (Permission.PLAN, "figures.index"),
        (Permission.DECIDE, "floor.index"),
        (Permission.READ_MEMBERS, "desk.index"),
        (Permission.SEE_FIGURES, "figures.index"),
        (Permission.ADMINISTER, "accounts.show"),
    ):
        if current_user.may(permission):
            return redirect(url_for(endpoint), 303)
    return redirect(url_for("hours.index"), 303)


@bp.get("/help")
@public
def help():
    return render_template("pages/help.html")


@bp.get("/privacy")
@public
def privacy():
    return render_template(
        "pages/privacy.html",
        code_days=accounts.KEPT_FOR.days,
        message_days=settings.value("message_days"),
        device_days=settings.value("device_days"),
    )


@bp.get("/healthz")
@public
def healthz():
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz():
    """Whether the database answers, and when work that happens by itself last ran."""
    ran_at = jobs.last_run_at()
    return jsonify(status="ready", jobs_ran_at=ran_at.isoformat() if ran_at else None)


@preferences.post("/preferences")
@public
def update():
    """Language, digits, theme; back to the same page."""
    response = redirect(nearest_page(safe_target(request.form.get("next"))), 303)
    wanted = ("lang", "digits", "theme")
    set_prefs(response, **{name: request.form.get(name) for name in wanted})
    return response
