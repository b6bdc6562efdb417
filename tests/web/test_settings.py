"""The settings page: who sees it, who changes it, and that a change holds at once everywhere."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import AuditEntry, Export, Poster, Setting
from checkin.operations import accounts, importing
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
ADDRESS = "/settings"
AS_THEY_ARE = {
    "organisation_ar": "حضور المتطوعين",
    "organisation_en": "Volunteer attendance",
    "zone": "Asia/Riyadh",
    "digits": "latn",
    "quiet_times": "",
    "quiet_before": "0",
    "quiet_after": "0",
    "opens_minutes": "30",
    "messages_per_day": "5000",
    "message_days": "90",
    "import_days": "7",
    "export_days": "2",
    "device_days": "180",
    "poster_days": "14",
}


def kept() -> dict[str, object]:
    return dict(db.session.execute(db.select(Setting.name, Setting.value)).all())


def test_each_setting_says_its_default_and_what_it_does(majed):
    page = majed.text(ADDRESS)
    assert "Messages older than that are deleted, with whom they went to. Default: 90" in page
    assert "Default: Riyadh" in page


def test_a_change_holds_at_once_and_is_noted(cast, majed, layla):
    layla.get(ADDRESS)
    names = {"organisation_ar": "جمعية الإحسان", "organisation_en": "Ihsan Society"}
    saved = majed.send(ADDRESS, **{**AS_THEY_ARE, **names, "opens_minutes": "٤٥"})
    assert (saved.status_code, saved.location) == (303, ADDRESS)
    assert kept() == {**names, "opens_minutes": 45}
    page = layla.get("/opportunities/new").text
    assert "Ihsan Society" in page
    assert 'value="45"' in page
    note = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.act == "settings.change")
    ).one()
    assert note.actor_id == cast.majed.id
    assert note.facts == {
        "changed": ["opens_minutes", "organisation_ar", "organisation_en"],
        "opens_minutes": 45,
    }


def test_blank_and_the_default_itself_follow_the_deployment_again(app, majed):
    majed.send(ADDRESS, **{**AS_THEY_ARE, "message_days": "30", "zone": "Asia/Dubai"})
    assert kept() == {"message_days": 30, "zone": "Asia/Dubai"}
    assert 'selected value="Asia/Dubai"' in majed.get(ADDRESS).text
    majed.send(ADDRESS, **{**AS_THEY_ARE, "message_days": ""})
    assert kept() == {}
    app.config["MESSAGE_DAYS"] = 60
    assert 'value="60"' in majed.get(ADDRESS).text


def test_the_zone_is_proposed_to_new_sites_only(cast, majed, layla):
    majed.send(ADDRESS, **{**AS_THEY_ARE, "zone": "Asia/Dubai"})
    assert 'selected value="Asia/Dubai"' in layla.get("/sites/new").text
    assert 'selected value="Asia/Riyadh"' in layla.get(f"/sites/{cast.mataf.id}/details").text


def test_what_was_typed_stays_when_it_cannot_be(majed):
    refused = majed.send(ADDRESS, **{**AS_THEY_ARE, "message_days": "3", "organisation_en": "X Y"})
    assert refused.status_code == 422
    assert "Enter a number from 7 to 730" in refused.text
    assert 'value="X Y"' in refused.text
    assert kept() == {}


def test_an_administrator_does_not_plan_and_a_coordinator_only_looks(majed, layla):
    page = layla.get(ADDRESS).text
    assert "/prayer-times" in page
    assert "/access" in page
    assert "An administrator changes these." in page
    assert 'name="message_days"' not in page
    assert "/prayer-times" not in majed.get(ADDRESS).text
    assert layla.send(ADDRESS, **AS_THEY_ARE).status_code == 403


def test_nobody_else_enters(noura, salem, huda, client):
    for browser in (noura, salem, huda):
        assert browser.get(ADDRESS).status_code == 403
        assert browser.send(ADDRESS, **AS_THEY_ARE).status_code == 403
    assert client.get(ADDRESS).status_code == 303


def test_arabic_comes_first(cast, browser_of):
    page = browser_of(cast.majed, kind="staff").text(ADDRESS)
    for words in ("الإعدادات", "اسم الجهة بالعربية", "الأصل: 90"):
        assert words in page


def test_the_day_s_messages_are_as_many_as_set(cast, majed, client, now):
    majed.send(ADDRESS, **{**AS_THEY_ARE, "messages_per_day": "0"})
    answer = client.send("/sign-in", mobile=factories.person(now, "أمل").mobile)
    assert answer.status_code != 303


def test_with_a_budget_of_nothing_the_page_says_and_means_it(cast, majed, layla, now):
    assert "0: nothing is sent at all." in majed.text(ADDRESS)
    majed.send(ADDRESS, **{**AS_THEY_ARE, "messages_per_day": "0"})
    layla.send("/outbox/test")
    assert "0 of 0" in layla.text("/outbox")


def test_digits_are_for_who_has_not_chosen(majed, client, browser_of, cast):
    majed.send(ADDRESS, **{**AS_THEY_ARE, "digits": "arab", "messages_per_day": "4000"})
    assert kept() == {"digits": "arab", "messages_per_day": 4000}
    undecided = browser_of(cast.layla, kind="staff")
    undecided.set_cookie("prefs", "en")
    assert "٠ of ٤٬٠٠٠" in undecided.text("/outbox")
    undecided.set_cookie("prefs", "en.latn")
    assert "0 of 4,000" in undecided.text("/outbox")
    majed.send(ADDRESS, **AS_THEY_ARE)
    undecided.set_cookie("prefs", "en")
    assert "0 of 5,000" in undecided.text("/outbox")


def test_another_process_sees_new_digits_within_a_minute(app, cast, browser_of, at, now):
    undecided = browser_of(cast.layla, kind="staff")
    undecided.set_cookie("prefs", "en")
    assert "0 of 5,000" in undecided.text("/outbox")
    factories.keep(Setting(name="digits", value="arab", changed_at=now))
    assert "0 of 5,000" in undecided.text("/outbox")
    at.shift(60)
    assert "٠ of ٥٬٠٠٠" in undecided.text("/outbox")


def test_quiet_times_hold_at_sites_without_their_own(cast, majed, layla):
    typed = {"quiet_times": "٢٢:٠٠-5:00", "quiet_before": "10", "quiet_after": "20"}
    majed.send(ADDRESS, **{**AS_THEY_ARE, **typed})
    assert kept() == {"quiet_times": "22:00–05:00", "quiet_before": 10, "quiet_after": 20}
    page = layla.text(f"/sites/{cast.mataf.id}").replace("\xa0", " ")
    assert "10:00 PM to 5:00 AM" in page
    assert "From 10 minutes before each prayer until 20 minutes after it begins" in page
    factories.alter(cast.mataf, quiet_windows=[["12:10", "12:45"], {"around_prayers": [0, 0]}])
    page = layla.text(f"/sites/{cast.mataf.id}").replace("\xa0", " ")
    assert "12:10 PM to 12:45 PM" in page
    assert "10:00 PM" not in page
    assert "each prayer" not in page


def test_quiet_times_that_cannot_be_read_stay_typed(majed):
    refused = majed.send(ADDRESS, **{**AS_THEY_ARE, "quiet_times": "at night"})
    assert refused.status_code == 422
    assert "is not a time window" in refused.text
    assert ">\nat night<" in refused.text.replace("\r", "")
    refused = majed.send(ADDRESS, **{**AS_THEY_ARE, "quiet_times": "12:45–12:10"})
    assert (refused.status_code, "Write the beginning first" in refused.text) == (422, True)


def test_things_are_kept_for_as_long_as_was_chosen(cast, majed, salem, now):
    days = {"import_days": "3", "export_days": "1", "device_days": "30", "poster_days": "21"}
    majed.send(ADDRESS, **{**AS_THEY_ARE, **days})
    salem.send(f"/posters/{cast.poster.id}/replacement")
    replaced = db.session.get_one(Poster, cast.poster.id, populate_existing=True)
    assert replaced.replaced_at == now + timedelta(days=21)
    by_code = {"mobile": cast.noura.mobile, "proved_by": "code", "label": "", "now": now}
    opened = accounts.sign_in(cast.noura.id, remember=True, **by_code)
    assert opened.ends_at == now + timedelta(days=30)
    exported = db.session.get_one(Export, factories.export(now, cast.layla))
    assert exported.expires_at == now + timedelta(days=1)
    factories.people_import(now, cast.layla)
    assert importing.forget_passed(now + timedelta(days=2)) == 0
    assert importing.forget_passed(now + timedelta(days=4)) == 1


def test_what_is_kept_for_how_long_is_said_where_it_matters(cast, majed, layla):
    majed.send(ADDRESS, **{**AS_THEY_ARE, "message_days": "40", "import_days": "3"})
    assert "after 1 day, messages after 40 days" in layla.text("/privacy")
    factories.people_import(cast.shift.starts_at, cast.layla)
    assert "Files are deleted after 3 days" in layla.text("/imports")


def test_nothing_is_kept_for_longer_than_is_sensible(majed):
    refused = majed.send(ADDRESS, **{**AS_THEY_ARE, "export_days": "15", "device_days": "0"})
    assert refused.status_code == 422
    assert "Enter a number from 1 to 14" in refused.text
    assert "Enter a number from 1 to 400" in refused.text
    assert kept() == {}


def test_times_nobody_chooses_are_said_with_their_reason(majed, layla):
    for page in (majed.text(ADDRESS), layla.text(ADDRESS)):
        assert "Taking merged entries apart" in page
        assert "30 days" in page
        assert "Each entry is sealed to the one before it." in page
