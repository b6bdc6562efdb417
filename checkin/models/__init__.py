"""Tables, relations, and what one row can say about itself; one file per aggregate."""

from checkin.models.accounts import Counter, Device, Grant, Person, SignInCode, SignInRequest
from checkin.models.attendance import Attendance, Scan
from checkin.models.audit import AuditEntry, AuditSeal
from checkin.models.codes import ApiToken, Badge, Display, Enrolment
from checkin.models.decisions import Decision, Remark, Sample
from checkin.models.floor import HeadCount, Sighting, TallyTap
from checkin.models.jobs import Job, Message
from checkin.models.sites import Lane, Poster, Site
from checkin.models.work import Assignment, Campaign, Opportunity, Partner, Service, Shift, Team

__all__ = [
    "ApiToken",
    "Assignment",
    "Attendance",
    "AuditEntry",
    "AuditSeal",
    "Badge",
    "Campaign",
    "Counter",
    "Decision",
    "Device",
    "Display",
    "Enrolment",
    "Grant",
    "HeadCount",
    "Job",
    "Lane",
    "Message",
    "Opportunity",
    "Partner",
    "Person",
    "Poster",
    "Remark",
    "Sample",
    "Scan",
    "Service",
    "Shift",
    "Sighting",
    "SignInCode",
    "SignInRequest",
    "Site",
    "TallyTap",
    "Team",
]
