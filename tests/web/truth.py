"""The truth table: who may open and do what, one row for each address."""

from tests.web.everything import NOBODY, PEOPLE

TABLE = """
public all
    GET      /
    GET      /B/<code>
    GET      /E/<code>
    POST     /E/<code>
    GET      /R/<token>
    POST     /R/<token>
    GET      /S/<code>
    POST     /S/<code>
    GET      /b/<code>
    GET      /e/<code>
    POST     /e/<code>
    GET+POST /enrolment
    GET      /api/v1/openapi.json
    GET      /api/v1/time
    GET+POST /codes
    GET      /display
    GET      /display/keys
    GET      /display/last
    GET+POST /display/leave
    GET+POST /display/pair
    POST     /display/seen
    GET      /display/time
    GET      /calendar/<string:code>.ics
    GET      /healthz
    GET      /help
    GET      /logo/<string(length=64):sha>.png
    GET      /manifest.webmanifest
    GET      /offline
    GET      /openings
    GET      /openings/<int:opportunity_id>
    GET      /sw.js
    POST     /preferences
    GET      /privacy
    GET      /readyz
    GET      /r/<token>
    POST     /r/<token>
    GET      /s/<code>
    POST     /s/<code>
    GET+POST /sign-in
    GET+POST /sign-in/code
    POST     /sign-in/codes
    GET      /sign-in/confirmation
    POST     /sign-in/confirmation
    POST     /sign-in/confirmed
    GET+POST /sign-in/name
    GET+POST /sign-in/registration
    POST     /sign-out
    GET+POST /staff/authenticator
    GET+POST /staff/invitations/<string:token>
    GET+POST /staff/sign-in
    GET+POST /staff/sign-in/code
    GET      /typed-code
    POST     /typed-code

own_attendance all
    POST     /R/<token>/reminder
    POST     /S/<code>/reminder
    POST     /typed-code/reminder
    GET+POST /typed-code/site
    GET      /api/v1/me
    POST     /api/v1/scans
    POST     /api/v1/scans/known
    POST     /api/v1/tallies
    GET      /account
    GET      /account/data
    GET      /account/data/acts
    POST     /account/devices/revocations
    POST     /account/news
    POST     /account/news/ending
    GET+POST /account/guardian
    POST     /account/guardian/codes
    GET+POST /account/guardian/mobile
    GET+POST /calendar
    POST     /calendar/ending
    GET      /hours
    POST     /lock/activity
    GET+POST /openings/shifts/<int:shift_id>/departure
    GET+POST /openings/shifts/<int:shift_id>/place

own_attendance led
    GET      /team

own_attendance own
    POST     /account/devices/<int:device_id>/revocation
    GET      /attendances/<int:attendance_id>
    POST     /attendances/<int:attendance_id>/answer
    POST     /attendances/<int:attendance_id>/appeal
    POST     /attendances/<int:attendance_id>/cancellation
    POST     /attendances/<int:attendance_id>/relief
    POST     /attendances/<int:attendance_id>/request
    GET      /groups/<int:group_id>
    POST     /groups/<int:group_id>/list
    POST     /groups/<int:group_id>/members
    POST     /groups/<int:group_id>/members/<int:person_id>/removal
    POST     /groups/<int:group_id>/waiting

own_attendance staff
    GET+POST /account/password
    GET+POST /account/pin
    POST     /account/pin/removal
    POST     /lock
    GET+POST /unlock

see_floor all
    GET      /floor
    GET      /floor/all
    POST     /names

see_floor mataf
    GET      /floor/<int:site_id>

call_roll all
    POST     /api/v1/sightings

call_roll mataf
    GET      /api/v1/sites/<int:site_id>/present
    GET      /floor/<int:site_id>/evacuation
    GET+POST /floor/<int:site_id>/head-count
    GET      /floor/<int:site_id>/roll-call
    POST     /floor/<int:site_id>/sightings

tally mataf
    GET      /api/v1/tallies/<int:shift_id>
    GET+POST /floor/<int:site_id>/tally/<int:shift_id>

read_badges all
    GET      /scanner

read_badges mataf
    GET      /api/v1/sites/<int:site_id>/today
    GET+POST /sites/<int:site_id>/scanner

enter_attendance mataf
    POST     /api/v1/sites/<int:site_id>/numbers
    POST     /floor/<int:site_id>/roll-call
    GET+POST /floor/<int:site_id>/spot-check
    POST     /floor/<int:site_id>/spot-check/<int:attendance_id>
    GET      /floor/<int:site_id>/attendances/<int:attendance_id>
    POST     /floor/<int:site_id>/attendances/<int:attendance_id>/check-out
    POST     /floor/<int:site_id>/attendances/<int:attendance_id>/corrections
    POST     /floor/<int:site_id>/attendances/<int:attendance_id>/moves
    POST     /floor/<int:site_id>/attendances/<int:attendance_id>/notes
    POST     /floor/<int:site_id>/check-ins
    POST     /floor/<int:site_id>/groups
    GET      /floor/<int:site_id>/groups/<int:group_id>
    POST     /floor/<int:site_id>/groups/<int:group_id>/departure
    POST     /floor/<int:site_id>/groups/<int:group_id>/headcount
    POST     /floor/<int:site_id>/groups/<int:group_id>/list
    POST     /floor/<int:site_id>/groups/<int:group_id>/members
    POST     /floor/<int:site_id>/groups/<int:group_id>/members/<int:person_id>/removal
    POST     /floor/<int:site_id>/groups/<int:group_id>/waiting
    GET      /floor/<int:site_id>/groups/new
    GET      /floor/<int:site_id>/check-ins/new
    POST     /floor/<int:site_id>/requests/<int:scan_id>
    POST     /floor/<int:site_id>/requests/<int:scan_id>/refusal

enter_attendance salem
    POST     /floor/<int:site_id>/withdrawals

confirm_sign_in salem
    GET      /enrolments/<int:enrolment_id>

confirm_sign_in mataf
    POST     /people/<int:person_id>/enrolments
    POST     /floor/<int:site_id>/sign-ins/<int:request_id>

decide all
    GET      /approvals

decide mataf
    POST     /attendances/<int:attendance_id>/adjustment
    POST     /attendances/<int:attendance_id>/approval
    POST     /attendances/<int:attendance_id>/confirmation
    POST     /attendances/<int:attendance_id>/question
    POST     /attendances/<int:attendance_id>/refusal
    POST     /attendances/<int:attendance_id>/rejection
    GET      /attendances/<int:attendance_id>/review
    POST     /attendances/<int:attendance_id>/withdrawal
    GET      /shifts/<int:shift_id>/approvals
    POST     /shifts/<int:shift_id>/approvals
    GET+POST /shifts/<int:shift_id>/closing
    POST     /shifts/<int:shift_id>/withdrawals

allow_concerns mataf
    POST     /attendances/<int:attendance_id>/concerns/allowances
    GET      /attendances/<int:attendance_id>/concerns

reopen all
    GET      /approvals/patterns
    GET      /samples

reopen mataf
    POST     /attendances/<int:attendance_id>/annulment
    POST     /attendances/<int:attendance_id>/reopening
    GET      /samples/<int:sample_id>
    POST     /samples/<int:sample_id>/agreement
    POST     /samples/<int:sample_id>/finding
    POST     /shifts/<int:shift_id>/reopening

manage_posters all
    GET      /posters

manage_posters mataf
    POST     /posters
    GET      /posters/sheets
    GET      /posters/sheets.pdf
    GET      /posters/<int:poster_id>
    GET+POST /posters/<int:poster_id>/replacement
    GET+POST /posters/<int:poster_id>/revocation

manage_displays all
    GET+POST /displays

manage_displays mataf
    POST     /displays/<int:display_id>/pairing
    GET+POST /displays/<int:display_id>/revocation

show_code mataf
    GET      /floor/<int:site_id>/code
    GET+POST /sites/<int:site_id>/display

manage_badges all
    GET      /badges

manage_badges mataf
    POST     /badges
    GET      /badges/sheets
    GET      /badges/sheets.pdf
    GET+POST /people/<int:person_id>/badge
    GET+POST /people/<int:person_id>/badge/replacement
    GET+POST /people/<int:person_id>/badge/revocation

read_badges mataf
    POST     /B/<code>
    POST     /b/<code>

read_badges salem
    POST     /B/<code>/withdrawal
    POST     /b/<code>/withdrawal

plan all
    GET      /campaigns
    GET+POST /figures/targets/<int:target_id>
    GET+POST /figures/targets/<int:target_id>/removal
    GET+POST /figures/targets/new
    GET      /campaigns/<int:campaign_id>
    GET+POST /campaigns/<int:campaign_id>/details
    POST     /campaigns/<int:campaign_id>/closure
    POST     /campaigns/<int:campaign_id>/reopening
    GET+POST /campaigns/new
    GET      /opportunities
    GET      /opportunities/<int:opportunity_id>
    POST     /opportunities/<int:opportunity_id>/closure
    POST     /opportunities/<int:opportunity_id>/copies
    GET      /opportunities/<int:opportunity_id>/register
    GET+POST /opportunities/<int:opportunity_id>/details
    POST     /opportunities/<int:opportunity_id>/reopening
    GET+POST /opportunities/new
    GET      /partners
    GET      /partners/<int:partner_id>
    POST     /partners/<int:partner_id>/closure
    GET+POST /partners/<int:partner_id>/details
    GET      /partners/<int:partner_id>/members
    GET+POST /partners/<int:partner_id>/members/<int:person_id>
    GET+POST /partners/<int:partner_id>/memberships/<int:membership_id>/ending
    POST     /partners/<int:partner_id>/reopening
    GET+POST /partners/new
    GET+POST /imports/<int:import_id>/names/<int:place>/partner
    GET      /plan
    GET+POST /plan/additions
    POST     /plan/copies
    GET      /plan/drafts
    POST     /plan/drafts/removal
    GET      /plan/opportunities
    POST     /plan/publications
    GET+POST /plan/shifts/<int:shift_id>/place
    GET+POST /plan/templates
    GET+POST /plan/templates/<int:template_id>
    POST     /plan/templates/<int:template_id>/closure
    POST     /plan/templates/<int:template_id>/reopening
    GET+POST /plan/templates/new
    GET      /prayer-times
    GET+POST /prayer-times/<string(length=10):day>
    POST     /prayer-times/<string(length=10):day>/calculation
    GET      /services
    GET+POST /services/<int:service_id>
    POST     /services/<int:service_id>/closure
    POST     /services/<int:service_id>/reopening
    GET+POST /services/new
    GET      /shifts
    GET      /shifts/<int:shift_id>
    GET+POST /shifts/<int:shift_id>/cancellation
    GET+POST /shifts/<int:shift_id>/details
    GET+POST /shifts/<int:shift_id>/invitations
    POST     /shifts/<int:shift_id>/restoration
    POST     /shifts/<int:shift_id>/roster
    POST     /shifts/<int:shift_id>/roster/<int:assignment_id>/lead
    POST     /shifts/<int:shift_id>/roster/<int:assignment_id>/removal
    GET+POST /shifts/<int:shift_id>/roster/draft
    GET+POST /shifts/new
    GET      /sites
    GET      /sites/<int:site_id>
    POST     /sites/<int:site_id>/closure
    GET+POST /sites/<int:site_id>/details
    POST     /sites/<int:site_id>/lanes
    GET+POST /sites/<int:site_id>/lanes/<int:lane_id>
    POST     /sites/<int:site_id>/lanes/<int:lane_id>/closure
    POST     /sites/<int:site_id>/lanes/<int:lane_id>/reopening
    POST     /sites/<int:site_id>/reopening
    GET      /sites/<int:site_id>/supervisors
    POST     /sites/<int:site_id>/supervisors
    POST     /sites/<int:site_id>/supervisors/<int:grant_id>/ending
    GET+POST /sites/new

manage_people all
    GET      /access
    POST     /access/<int:grant_id>/ending
    POST     /access/<int:grant_id>/review
    POST     /access/requests/<int:role_request_id>/confirmation
    POST     /access/requests/<int:role_request_id>/refusal
    GET      /imports
    POST     /imports
    GET      /imports/<int:import_id>
    POST     /imports/<int:import_id>/addition
    GET      /imports/<int:import_id>/columns
    POST     /imports/<int:import_id>/columns
    GET      /imports/<int:import_id>/corrections.csv
    GET      /imports/<int:import_id>/corrections.xlsx
    POST     /imports/<int:import_id>/names
    GET      /imports/<int:import_id>/progress
    POST     /imports/<int:import_id>/removal
    POST     /imports/<int:import_id>/sheet
    GET      /people
    GET      /people/<int:person_id>
    GET+POST /people/<int:person_id>/details
    POST     /people/<int:person_id>/guardian-consent
    POST     /people/<int:person_id>/invitation
    GET      /people/<int:person_id>/merges
    GET+POST /people/<int:person_id>/merges/<int:other_id>
    POST     /people/<int:person_id>/restoration
    POST     /people/<int:person_id>/roles
    POST     /people/<int:person_id>/roles/<int:grant_id>/ending
    GET+POST /people/<int:person_id>/suspension
    GET      /people/duplicates
    POST     /people/duplicates/apart
    POST     /people/merges/<int:merge_id>/reversal
    GET+POST /people/new
    GET      /teams
    GET      /teams/<int:team_id>
    POST     /teams/<int:team_id>/closure
    GET+POST /teams/<int:team_id>/details
    GET      /teams/<int:team_id>/members
    POST     /teams/<int:team_id>/members/<int:person_id>
    POST     /teams/<int:team_id>/members/<int:person_id>/leadership
    POST     /teams/<int:team_id>/members/<int:person_id>/leadership/ending
    POST     /teams/<int:team_id>/members/<int:person_id>/removal
    POST     /teams/<int:team_id>/reopening
    GET+POST /teams/new
    GET      /messages
    GET+POST /messages/<string:wording>
    POST     /messages/<string:wording>/preview
    POST     /messages/<string:wording>/removal
    GET      /outbox
    POST     /outbox/<int:message_id>/attempt
    POST     /outbox/test
    GET      /settings

enter_past all
    GET      /figures/past/<int:past_id>/removal
    POST     /figures/past/<int:past_id>/removal
    GET      /figures/past/files/<string(length=32):draft_name>
    GET      /figures/past/files/<string(length=32):draft_name>/columns
    POST     /figures/past/files/<string(length=32):draft_name>/columns
    POST     /figures/past/files/<string(length=32):draft_name>/entry
    POST     /figures/past/files/<string(length=32):draft_name>/removal
    POST     /figures/past/files/<string(length=32):draft_name>/sheet
    GET+POST /figures/past/lines/new
    GET+POST /figures/past/new

close_months all
    GET+POST /months/<string(length=7):month>/closure
    GET+POST /months/<string(length=7):month>/reopening

administer all
    POST     /rates
    GET+POST /rates/revaluation
    POST     /settings
    POST     /settings/logo
    POST     /settings/logo/removal

read_members all
    GET      /desk
    GET      /desk/<int:partner_id>
    GET      /desk/<int:partner_id>/attendances
    POST     /desk/<int:partner_id>/attendances/export
    GET      /desk/<int:partner_id>/members
    GET      /desk/<int:partner_id>/members/<int:person_id>
    POST     /desk/<int:partner_id>/members/export

export all
    GET      /exports
    POST     /exports
    GET      /exports/<int:export_id>
    GET      /exports/<int:export_id>/file
    GET      /exports/<int:export_id>/progress
    GET+POST /figures/platform/columns
    POST     /figures/platform/columns/removal
    POST     /figures/platform/lists
    GET+POST /figures/platform/lists/<int:platform_list_id>/columns
    POST     /figures/platform/lists/<int:platform_list_id>/opportunities
    POST     /figures/platform/lists/<int:platform_list_id>/removal
    POST     /figures/platform/lists/<int:platform_list_id>/sheet

see_audit all
    GET      /audit

see_figures all
    GET      /rates
    GET      /months
    GET      /figures
    GET      /figures/attendances
    GET      /figures/past
    GET      /figures/people
    GET      /figures/reports
    GET      /figures/reports/sheet
    GET      /figures/sheet
    GET+POST /figures/reports/new
    GET      /figures/targets

see_figures salem
    GET+POST /figures/reports/<int:report_id>
    GET+POST /figures/reports/<int:report_id>/removal

see_figures mataf
    GET      /figures/attendances/<int:attendance_id>

see_figures everywhere
    GET      /figures/platform
    GET      /figures/platform/lists
    GET      /figures/platform/lists/<int:platform_list_id>
    GET      /figures/platform/lists/<int:platform_list_id>/progress
    GET      /figures/platform/missing
"""
"""Every address, below the permission it takes and the reach that permission is asked for.

`all`: whoever has the permission anywhere. `mataf`: only where it reaches the Mataf, so never
Huda. `own`: only the volunteer whose record it is. `led`: only the leader of the team. `salem`:
only the supervisor who entered or named it. `staff`: not from a remembered phone. `everywhere`:
not for those whose permission reaches some places or one partner only.
"""

STAFF = ("salem", "huda", "layla", "reem", "faisal", "majed")
SUPERVISORS = ("salem", "huda")
HOLDERS = {
    "public": (NOBODY, *PEOPLE),
    "own_attendance": PEOPLE,
    "call_roll": ("lead", *SUPERVISORS, "layla"),
    "see_floor": ("lead", *SUPERVISORS, "layla"),
    "enter_attendance": (*SUPERVISORS, "layla"),
    "confirm_sign_in": (*SUPERVISORS, "layla"),
    "decide": (*SUPERVISORS, "layla"),
    "allow_concerns": ("lead", *SUPERVISORS, "layla"),
    "reopen": ("layla",),
    "manage_posters": (*SUPERVISORS, "layla"),
    "manage_displays": (*SUPERVISORS, "layla"),
    "show_code": ("lead", *SUPERVISORS, "layla"),
    "manage_badges": (*SUPERVISORS, "layla"),
    "tally": ("lead", *SUPERVISORS, "layla"),
    "read_badges": ("lead", *SUPERVISORS, "layla"),
    "plan": ("layla",),
    "manage_people": ("layla", "majed"),
    "administer": ("majed",),
    "close_months": ("layla",),
    "enter_past": ("layla", "majed"),
    "export": ("layla",),
    "read_members": ("layla", "reem"),
    "see_audit": ("layla", "faisal", "majed"),
    "see_figures": (*SUPERVISORS, "layla", "reem", "faisal", "majed"),
}
"""Who has each permission somewhere: the truth table of roles, written out a second time."""

WITHIN = {
    "all": (NOBODY, *PEOPLE),
    "own": ("volunteer",),
    "led": ("volunteer",),
    "salem": ("salem",),
    "staff": STAFF,
    "mataf": tuple(name for name in PEOPLE if name != "huda"),
    "everywhere": ("layla", "faisal", "majed"),
}
UID = "11111111-1111-4111-8111-111111111111"
FIELDS = {
    "/figures/platform/columns": {"use-name": "1", "use-hours": "1"},
    "/exports": {"what": "attendances", "kind": "csv"},
    "/B/<code>": {"site": "{site_id}", "uid": UID},
    "/b/<code>": {"site": "{site_id}", "uid": UID},
    "/B/<code>/withdrawal": {"uid": "{witnessed}"},
    "/b/<code>/withdrawal": {"uid": "{witnessed}"},
    "/badges": {"shift": "{shift_id}"},
    "/people/duplicates/apart": {"first": "{person_id}", "second": "{other_id}"},
    "/people/<int:person_id>/badge/replacement": {"version": "1"},
    "/people/<int:person_id>/badge/revocation": {"version": "1"},
    "/attendances/<int:attendance_id>/cancellation": {"kind": "in", "scan_uid": UID},
    "/attendances/<int:attendance_id>/relief": {"attendance": "1"},
    "/floor/<int:site_id>/check-ins": {"person": "{person_id}", "uid": UID, "shift": "0"},
    "/floor/<int:site_id>/withdrawals": {"person": "{entered_id}", "entry": "{entry}"},
    "/floor/<int:site_id>/tally/<int:shift_id>": {"amount": "5", "uid": UID},
    "/plan/templates": {"shift": "{shift_id}"},
    "/posters": {"only": "site-{site_id}"},
    "/sites/<int:site_id>/supervisors": {"person": "{supervisor_id}"},
}
"""What a form needs for its answer to be about who sends it, not about what is missing."""


MESSAGES = {
    "/api/v1/scans": {
        "sent_at": "2026-11-22T10:00:00Z",
        "scans": [{"uid": UID, "act": "in", "device_at": "2026-11-22T10:00:00Z"}],
    },
    "/api/v1/scans/known": {"uids": [UID]},
    "/api/v1/tallies": {
        "taps": [{"uid": UID, "shift_id": 1, "amount": 5, "device_at": "2026-11-22T10:00:00Z"}],
    },
    "/api/v1/sites/<int:site_id>/numbers": {"why": "evacuation"},
    "/api/v1/sightings": {
        "sent_at": "2026-11-22T10:00:00Z",
        "looks": [
            {
                "uid": UID,
                "site_id": 1,
                "person_id": 1,
                "was_seen": True,
                "device_at": "2026-11-22T10:00:00Z",
            }
        ],
    },
}
"""What is sent as JSON."""


def rows() -> dict[tuple[str, str], tuple[str, str]]:
    """Method and address of each row, with its permission and reach."""
    found, heading = {}, ("", "")
    for line in filter(str.strip, TABLE.splitlines()):
        if line.startswith(" "):
            methods, address = line.split()
            found |= {(method, address): heading for method in methods.split("+")}
        else:
            permission, reach = line.split()
            heading = permission, reach
    return found


ROWS = rows()
ACTS = sorted(row for row in ROWS if row[0] != "GET")
"""Whatever may change something."""


def expected(permission: str, reach: str, who: str) -> str:
    if who not in HOLDERS[permission]:
        return "door" if who == NOBODY else "403"
    return "in" if who in WITHIN[reach] else "404"


def allowed(method: str, address: str) -> list[str]:
    """Everybody who may, strangers first."""
    row = ROWS[method, address]
    return [who for who in (NOBODY, *PEOPLE) if expected(*row, who) == "in"]


def form(address: str, ids: dict[str, object]) -> dict[str, str]:
    """The fields of `FIELDS` about these ids."""
    return {name: text.format_map(ids) for name, text in FIELDS.get(address, {}).items()}


def message(address: str) -> dict[str, object]:
    """The JSON for this address."""
    return MESSAGES[address]
