"""Functions that make one thing each, with believable values for whatever a test leaves out."""

import itertools
import uuid
from datetime import date, datetime, time, timedelta

from checkin.database import db, transaction
from checkin.domain.codes import new_code, new_short_code
from checkin.domain.days import local_day
from checkin.domain.fold import Kind
from checkin.domain.roles import Role
from checkin.domain.text import fold_name
from checkin.models import (
    Assignment,
    Grant,
    Lane,
    Membership,
    Message,
    Opportunity,
    Partner,
    PastTotal,
    Person,
    Poster,
    Service,
    Shift,
    ShiftTemplate,
    Site,
    Team,
)
from checkin.operations import exporting, importing, past, platform
from checkin.operations.attendance import Answer, Reading, record_scan
from checkin.operations.figures import Filter
from checkin.operations.permissions import Reach

_numbers = itertools.count(1)


@transaction
def keep(row):
    """Store a row and give it back with its id."""
    db.session.add(row)
    db.session.flush()
    return row


@transaction
def alter(row, **values):
    """Set columns of a stored row, past every rule."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def person(now: datetime, name: str = "نورة سعد القحطاني", **values) -> Person:
    values.setdefault("mobile", f"+9665{next(_numbers):08d}")
    values.setdefault("consented_at", now)
    made = keep(Person(name=name, name_folded=fold_name(name), created_at=now, **values))
    if made.partner_id is not None:
        member(made, made.partner_id, local_day(now))
    return made


def member(who: Person, partner_id: int, from_on: date, until_on: date | None = None) -> Membership:
    """A row alone: today's partner stands on the person."""
    kept = {"person_id": who.id, "partner_id": partner_id, "from_on": from_on}
    return keep(Membership(**kept, until_on=until_on))


def grant(now: datetime, who: Person, role: Role, **scope) -> Grant:
    return keep(Grant(person_id=who.id, role=role, from_at=now - timedelta(days=1), **scope))


def site(now: datetime, name_ar: str = "باب الملك عبدالعزيز", name_en: str = "King Abdulaziz Gate"):
    return keep(Site(name_ar=name_ar, name_en=name_en, zone="Asia/Riyadh", created_at=now))


def partner(name_ar: str = "جامعة الطائف", name_en: str = "Taif University", kind="education"):
    return keep(Partner(name_ar=name_ar, name_en=name_en, kind=kind))


def team(name_ar: str = "فريق حي العزيزية", leader: Person | None = None) -> Team:
    made = keep(Team(name_ar=name_ar, name_en="Aziziyah team"))
    if leader is not None:
        alter(leader, team_id=made.id, team_name=name_ar, leads_team=True)
    return made


def service(name_ar: str | None = None, name_en: str = "Visual screening", **values) -> Service:
    name_ar = name_ar or f"الفرز البصري {next(_numbers)}"
    return keep(Service(name_ar=name_ar, name_en=name_en, **values))


def opportunity(now: datetime, kind: str = "service", **values) -> Opportunity:
    if kind == "service" and "service_id" not in values:
        values["service_id"] = service().id
    values.setdefault("name_ar", "الفرز البصري عند الأبواب")
    values.setdefault("name_en", "Visual screening at the gates")
    return keep(Opportunity(kind=kind, created_at=now, **values))


def shift(
    now: datetime, at: Site, of: Opportunity | None = None, starts=0, minutes=240, **values
) -> Shift:
    """A shift that starts `starts` minutes from now (negative: has begun)."""
    of = of or opportunity(now)
    starts_at = now + timedelta(minutes=starts)
    return keep(
        Shift(
            opportunity_id=of.id,
            site_id=at.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            work_on=local_day(starts_at, at.zone),
            seats=values.pop("seats", 40),
            **values,
        )
    )


LIST = """الاسم,الجوال,الجهة
أمل خالد السلمي,0551112223,
فهد سعد الحارثي,0551112224,جامعة لا نعرفها
رقم خاطئ هنا,0611,
"""
"""Of three volunteers, one can be added."""


def people_import(now: datetime, by: Person, text: str = LIST) -> int:
    """A list that was sent and checked."""
    import_id = importing.begin(text.encode(), "list.csv", by=by.id, now=now)
    importing.work_on_waiting(lambda: now)
    return import_id


def past_file(now: datetime, by: Person, text: str = "السنة,الساعات\n2019,600\n2018,-5\n") -> str:
    """The name of a file of earlier years that was sent and read."""
    said = {"kind": "totals", "source": "التقرير السنوي"}
    return past.begin(text.encode(), "years.csv", **said, by=by.id, now=now).name


def past_line(now: datetime, by: Person, period: str = "2020", **told) -> int:
    """An earlier year's figures of everybody."""
    figures = past.Figures(**(told or {"approved_minutes": 36000, "volunteers": 12}))
    entry = past.Entry(period, past.ALL, 0, figures)
    past.put(entry, source="التقرير السنوي", by=by.id, now=now)
    line = db.select(PastTotal.id).where(PastTotal.period == period)
    return db.session.scalars(line.where(PastTotal.dropped_at.is_(None))).one()


def export(now: datetime, by: Person, query: str = "", kind: str = "csv", language="en") -> int:
    """The list of attendances, taken out and ready to be fetched."""
    facts = {"language": language, "by": by.id, "now": now}
    export_id = exporting.ask("attendances", query, kind, **facts)
    exporting.work_on_waiting(lambda: now)
    return export_id


def lane_shift(now: datetime, at: Site, starts=-60, minutes=300, **values) -> Shift:
    """A shift whose lane counts the people served."""
    lane = keep(Lane(site_id=at.id, name_ar="المسار 7", name_en="Lane 7"))
    counts = service(name_en="Crowd-flow lanes", counted_by="lane")
    names = {"name_ar": "تنظيم المسارات في المطاف", "name_en": "Crowd-flow lanes at the Mataf"}
    of = opportunity(now, service_id=counts.id, **names)
    return shift(now, at, of, starts, minutes, lane_id=lane.id, **values)


def template(opportunity_id: int, name_ar: str = "الفترة الصباحية", **values) -> ShiftTemplate:
    values = {"name_en": "Morning", "starts": time(6), "ends": time(14), "seats": 20, **values}
    return keep(ShiftTemplate(opportunity_id=opportunity_id, name_ar=name_ar, **values))


def assign(now: datetime, who: Person, to: Shift, **values) -> Assignment:
    return keep(Assignment(shift_id=to.id, person_id=who.id, created_at=now, **values))


def poster(now: datetime, at: Site, of: Shift | None = None, **values) -> Poster:
    return keep(
        Poster(
            code=new_code(),
            short_code=new_short_code(),
            site_id=at.id,
            shift_id=of.id if of else None,
            version=1,
            created_at=now - timedelta(days=1),
            **values,
        )
    )


def check_in(who: Person, by: Poster, now: datetime, **values) -> Answer:
    """Scan a poster and press the button."""
    values.setdefault("uid", str(uuid.uuid4()))
    reading = Reading(kind=Kind.IN, volunteer_id=who.id, poster_id=by.id, **values)
    return record_scan(reading, now=now)


def check_out(who: Person, of: Shift, now: datetime, **values) -> Answer:
    values.setdefault("uid", str(uuid.uuid4()))
    reading = Reading(kind=Kind.OUT, volunteer_id=who.id, shift_id=of.id, **values)
    return record_scan(reading, now=now)


def message(now: datetime, template: str = "new_phone", **values) -> Message:
    """One in the outbox, waiting unless the values say otherwise."""
    number = next(_numbers)
    said = {
        "once": f"{template}:{number}",
        "template": template,
        "language": "ar",
        "mobile": f"+9665{number:08d}",
        "facts": {},
        "created_at": now,
        "due_at": now,
        "expires_at": now + timedelta(hours=12),
    }
    return keep(Message(**{**said, **values}))


PLATFORM_LIST = """الاسم,الجوال,الفرصة,الساعات
أمل يوسف الزهراني,,الفرز البصري عند الأبواب,3
سارة حسن علي,0509999999,الفرز البصري عند الأبواب,٤٫٥
أحمد,0508888888,الفرز البصري عند الأبواب,كثير
"""
"""Of three rows, two can be read."""


def platform_list(now: datetime, by: Person, text: str = PLATFORM_LIST) -> int:
    """A list of the platform that was sent and compared with everything there is."""
    whole = Filter(Reach(everywhere=True))
    list_id = platform.begin(text.encode(), "list.csv", whole, by=by.id, now=now)
    platform.work_on_waiting(lambda: now)
    return list_id
