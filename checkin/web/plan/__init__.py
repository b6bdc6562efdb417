"""The shift plan: a week as a grid, filled from templates, copied, published, moved."""

from checkin.web.plan import adding, choosing, drafts, moving, templates, weeks, wording
from checkin.web.plan.blueprint import bp

__all__ = ["adding", "bp", "choosing", "drafts", "moving", "templates", "weeks", "wording"]
