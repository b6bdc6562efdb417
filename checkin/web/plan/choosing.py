"""What the box for an opportunity offers while somebody types."""

from flask import jsonify, request

from checkin.domain.roles import Permission
from checkin.operations.plan.choosing import opportunities_like
from checkin.web.filters import plain_label
from checkin.web.guard import requires
from checkin.web.opportunity_field import MOST_OFFERED
from checkin.web.plan.blueprint import bp


@bp.get("/opportunities")
@requires(Permission.PLAN)
def opportunities():
    found = opportunities_like(request.args.get("q", "")[:100], MOST_OFFERED)
    return jsonify([{"id": one.id, "name": plain_label(one)} for one in found])
