"""Six digits typed from a screen: under the site, for two minutes, and nobody guesses for long."""

from datetime import timedelta

import pytest

from checkin.operations import displays
from tests import factories
from tests.pages import plain
from tests.web.scanning import attendances_of, fields, scans_of
from tests.web.test_scan_sign_in import sign_in

pytestmark = pytest.mark.usefixtures("at")
SECONDS = timedelta(seconds=1)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def screen(cast, now):
    return displays.open_here(cast.mataf.id, "4821", by=cast.salem.id, now=now).display


def digits(screen, at) -> str:
    return displays.live_at(screen.site_id, at).digits


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def typed(browser, number, site):
    """Type the number on the front page, then name the site."""
    assert browser.send("/codes", code=number).location == "/typed-code/site"
    return browser.send("/typed-code/site", site_id=site.id, digits=number)


def test_the_number_leads_to_the_page_that_checks_in(noura, cast, screen, now):
    answer = typed(noura, digits(screen, now), cast.mataf)
    assert answer.location == "/typed-code"
    page = noura.get("/typed-code")
    assert "data-at-once" in page.text
    noura.send("/typed-code", **fields(page.text))
    assert attendances_of(cast.noura)[0].in_at == now
    (scan,) = scans_of(cast.noura)
    assert (scan.carrier, scan.evidence, scan.display_id) == ("typed", "typed", screen.id)


def test_the_volunteers_own_site_is_chosen_already(noura, cast, screen, now, browser_of):
    displays.open_here(cast.squares.id, "4821", by=cast.huda.id, now=now)
    noura.send("/codes", code=digits(screen, now))
    page = noura.get("/typed-code/site").text
    assert page.count('type="radio"') == 2
    chosen = [tag for tag in page.split("<input")[1:] if "checked" in tag.split(">")[0]]
    assert len(chosen) == 1
    assert f'value="{cast.mataf.id}"' in chosen[0]


@pytest.mark.parametrize("spelling", ["{}", "{0:.3} {1}", "٠١٢"])
def test_digits_are_read_however_they_are_typed(noura, cast, screen, now, spelling):
    number = digits(screen, now)
    if spelling == "٠١٢":
        number = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    elif " " in spelling:
        number = f" {number[:3]} {number[3:]} "
    assert typed(noura, number, cast.mataf).location == "/typed-code"


@pytest.mark.parametrize(("seconds", "works"), [(0, True), (59, True), (119, True), (120, False)])
def test_a_number_counts_in_its_minute_and_the_next(noura, cast, screen, now, at, seconds, works):
    number = digits(screen, now)
    at.move_to(now + seconds * SECONDS)
    answer = typed(noura, number, cast.mataf)
    assert (answer.status_code == 303) is works
    if not works:
        assert "This number is not right" in answer.text


def test_the_minute_it_was_typed_counts_through_signing_in(client, cast, screen, now, at):
    number = digits(screen, now)
    assert client.send("/codes", code=number).location == "/typed-code/site"
    assert client.get("/typed-code/site").location.startswith("/sign-in")
    at.move_to(now + 8 * MINUTES)
    sign_in(client, cast.noura.mobile)
    page = client.get("/typed-code/site").text
    assert f'value="{number}"' in page
    client.send("/typed-code/site", site_id=cast.mataf.id, digits=number)
    client.send("/typed-code", **fields(client.get("/typed-code").text))
    assert attendances_of(cast.noura)[0].in_at == now


def test_signing_in_shows_that_the_minute_is_kept_while_it_is(client, cast, screen, now, at):
    client.send("/codes", code=digits(screen, now))
    page = client.get("/typed-code/site").location
    at.move_to(now + 8 * MINUTES)
    assert "وقت المسح محفوظ: 1:00 م" in plain(client.get(page))
    client.send("/sign-in", mobile=cast.noura.mobile)
    assert "وقت المسح محفوظ: 1:00 م" in plain(client.get("/sign-in/code"))
    at.move_to(now + 16 * MINUTES)
    assert "وقت المسح محفوظ" not in plain(client.get(page))


def test_another_number_typed_later_counts_from_then(noura, cast, screen, now, at):
    noura.send("/codes", code=wrong(digits(screen, now)))
    later = now + 5 * MINUTES
    at.move_to(later)
    noura.send("/typed-code/site", site_id=cast.mataf.id, digits=digits(screen, later))
    noura.send("/typed-code", **fields(noura.get("/typed-code").text))
    assert attendances_of(cast.noura)[0].in_at == later


def test_at_another_site_the_same_number_says_nothing(noura, cast, screen, now):
    displays.open_here(cast.squares.id, "4821", by=cast.huda.id, now=now)
    assert typed(noura, digits(screen, now), cast.squares).status_code == 422


def test_five_wrong_numbers_and_a_quarter_of_an_hour_to_think(noura, cast, screen, now, at):
    for _ in range(5):
        assert "not right" in typed(noura, wrong(digits(screen, now)), cast.mataf).text
    assert "Too many tries" in typed(noura, digits(screen, now), cast.mataf).text
    code = displays.live_at(cast.mataf.id, now).token
    assert noura.get(f"/R/{code}").status_code == 200
    later = now + 15 * MINUTES
    at.move_to(later)
    assert typed(noura, digits(screen, later), cast.mataf).status_code == 303


def test_right_numbers_are_never_counted(noura, cast, screen, now):
    for _ in range(12):
        assert typed(noura, digits(screen, now), cast.mataf).status_code == 303


def test_forty_wrong_numbers_pause_typing_there_for_everybody(browser_of, cast, screen, now, at):
    for n in range(8):
        guesser = browser_of(factories.person(now, f"متطوعة رقم {n + 1}"), lang="en")
        for _ in range(5):
            typed(guesser, wrong(digits(screen, now)), cast.mataf)
    noura = browser_of(cast.noura, lang="en")
    answer = typed(noura, digits(screen, now), cast.mataf)
    assert answer.status_code == 422
    assert "Typing is paused at this site" in plain(answer)
    later = now + 15 * MINUTES
    at.move_to(later)
    for _ in range(5):  # what the pause refused was not held against anybody
        assert "not right" in typed(noura, wrong(digits(screen, later)), cast.mataf).text


def test_a_posters_short_code_still_leads_to_its_poster(noura, cast):
    answer = noura.send("/codes", code=cast.poster.short_code)
    assert answer.location == f"/S/{cast.poster.code}"


@pytest.mark.parametrize("page", ["/hours", "/help", "/S/UNKNOWN", "/typed-code/site"])
def test_whoever_is_signed_in_finds_a_place_to_type(noura, cast, screen, now, page):
    assert 'href="/codes"' in noura.get(page).text
    assert 'name="code"' in noura.get("/codes").text
    assert typed(noura, digits(screen, now), cast.mataf).location == "/typed-code"


def test_nonsense_is_neither_and_stays_on_a_page_with_a_choice_of_language(noura):
    answer = noura.send("/codes", code="12345")
    assert answer.status_code == 422
    assert "Code not recognised" in answer.text
    assert 'value="12345"' in answer.text
    assert 'name="next" value="/codes?"' in answer.text


def test_where_no_screen_is_at_work_the_page_says_so(noura, cast):
    noura.send("/codes", code="123456")
    text = noura.text("/typed-code/site")
    assert "No display shows a code now" in text


def test_a_typed_page_belongs_to_the_browser_that_typed(noura, cast, screen, now, browser_of):
    typed(noura, digits(screen, now), cast.mataf)
    friend = browser_of(cast.huda, lang="en")
    assert friend.get("/typed-code").location == "/"
    uid = "11111111-1111-4111-8111-111111111111"
    assert friend.send("/typed-code", kind="in", scan_uid=uid).location == "/typed-code"
    assert scans_of(cast.huda) == []


def test_a_typed_page_is_over_after_a_quarter_of_an_hour(noura, cast, screen, now, at):
    typed(noura, digits(screen, now), cast.mataf)
    sent = fields(noura.get("/typed-code").text)
    at.move_to(now + 16 * MINUTES)
    noura.send("/typed-code", **sent)
    assert noura.get("/typed-code").location == "/"
    assert scans_of(cast.noura) == []


@pytest.mark.parametrize("site", ["", "x", "0", "999999"])
def test_a_site_has_to_be_chosen_and_costs_no_try(noura, cast, screen, now, site):
    displays.open_here(cast.squares.id, "4821", by=cast.huda.id, now=now)
    sent = {"digits": wrong(digits(screen, now)), "site_id": site}
    for _ in range(6):
        assert noura.send("/typed-code/site", **sent).status_code == 422
    assert typed(noura, digits(screen, now), cast.mataf).status_code == 303
