"""Figures: hours, people, their charts, reports and targets, and what stands behind."""

from checkin.web.figures import (
    dashboard,
    dashboard_tables,
    export_names,
    first_time,
    listing,
    report_tables,
    reports,
    taking_out,
    targets,
)
from checkin.web.figures.blueprint import bp

__all__ = [
    "bp",
    "dashboard",
    "dashboard_tables",
    "export_names",
    "first_time",
    "listing",
    "report_tables",
    "reports",
    "taking_out",
    "targets",
]
