"""Tables, relations, and what one row can say about itself; one file per aggregate."""

from checkin.models.accounts import (
    Apart,
    Counter,
    Device,
    Grant,
    GrantRequest,
    Membership,
    Merge,
    Person,
    SignInCode,
    SignInRequest,
)
from checkin.models.attendance import Attendance, Scan
from checkin.models.audit import AuditEntry, AuditSeal
from checkin.models.closings import LateEntry, MonthClosing
from checkin.models.codes import ApiToken, Badge, Display, Enrolment
from checkin.models.decisions import Decision, Remark, Sample
from checkin.models.desk import ColumnMap, Import, MessageText, Picture, Setting
from checkin.models.figures import MonthTotal, OpportunityDay, PeriodTotal
from checkin.models.floor import HeadCount, Sighting, TallyTap
from checkin.models.groups import Group, GroupMember
from checkin.models.jobs import Job, Message
from checkin.models.platform import PlatformLine, PlatformList
from checkin.models.rates import Rate, ValueRun
from checkin.models.reports import Export, PastTotal, SavedReport, Target
from checkin.models.search_words import SearchWord
from checkin.models.sites import Lane, Poster, Site
from checkin.models.work import (
    Assignment,
    Campaign,
    Opportunity,
    Partner,
    PrayerTime,
    Service,
    Shift,
    ShiftTemplate,
    Team,
)

__all__ = [
    "Apart",
    "ApiToken",
    "Assignment",
    "Attendance",
    "AuditEntry",
    "AuditSeal",
    "Badge",
    "Campaign",
    "ColumnMap",
    "Counter",
    "Decision",
    "Device",
    "Display",
    "Enrolment",
    "Export",
    "Grant",
    "GrantRequest",
    "Group",
    "GroupMember",
    "HeadCount",
    "Import",
    "Job",
    "Lane",
    "LateEntry",
    "Membership",
    "Merge",
    "Message",
    "MessageText",
    "MonthClosing",
    "MonthTotal",
    "Opportunity",
    "OpportunityDay",
    "Partner",
    "PastTotal",
    "PeriodTotal",
    "Person",
    "Picture",
    "PlatformLine",
    "PlatformList",
    "Poster",
    "PrayerTime",
    "Rate",
    "Remark",
    "Sample",
    "SavedReport",
    "Scan",
    "SearchWord",
    "Service",
    "Setting",
    "Shift",
    "ShiftTemplate",
    "Sighting",
    "SignInCode",
    "SignInRequest",
    "Site",
    "TallyTap",
    "Target",
    "Team",
    "ValueRun",
]
