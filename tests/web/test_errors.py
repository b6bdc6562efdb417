"""When something goes wrong: one sentence in the reader's language, nothing half done."""

import errno
import json
import os
from pathlib import Path

import pytest
from flask import abort
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError, TimeoutError

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Service
from tests.pages import Browser, plain
from tests.web import everything

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"PROPAGATE_EXCEPTIONS": False}


@pytest.fixture
def kept_apps() -> dict[str, object]:
    """Every test here breaks an app of its own."""
    return {}


def fail_at(app, endpoint: str, view) -> None:
    """Let an address of the app do something that goes wrong."""
    view.guard = app.view_functions[endpoint].guard
    app.view_functions[endpoint] = view


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Sorry, there is a problem with the service"),
        ("ar", "عذرًا، الخدمة غير متاحة حاليًا"),
    ],
)
@pytest.mark.parametrize("who", [everything.NOBODY, "volunteer", "layla"])
def test_a_fault_is_said_in_the_readers_language_without_its_cause(app, world, who, lang, said):
    def fail() -> str:
        raise RuntimeError("a secret at line 7")

    fail_at(app, "pages.help", fail)
    answer = everything.browser(app, world, who, lang).get("/help", headers=HTML)
    assert answer.status_code == 500
    assert said in plain(answer)
    for leak in ("secret", "Traceback", "RuntimeError", "test_errors"):
        assert leak not in answer.text


def test_a_fault_in_the_middle_of_an_act_keeps_nothing(app, world, database):
    @transaction
    def half() -> None:
        db.session.add(Service(name_ar="نصف", name_en="Half"))
        db.session.flush()
        raise RuntimeError("in the middle")

    fail_at(app, "services.close", lambda service_id: half())
    layla = everything.browser(app, world, "layla")
    before = everything.content(database)
    assert layla.send(f"/services/{world.ids['service_id']}/closure").status_code == 500
    assert everything.content(database) == before
    assert layla.get("/services").status_code == 200, "the next page is well again"


def test_a_fault_after_an_act_says_so_too(app, world, database):
    """What was committed before the fault stays; what only stood in the session does not."""

    def fail(service_id: int) -> str:
        db.session.get_one(Service, service_id).name_en = "Not kept"
        raise RuntimeError("after the act")

    fail_at(app, "services.close", fail)
    before = everything.content(database)
    layla = everything.browser(app, world, "layla")
    assert layla.send(f"/services/{world.ids['service_id']}/closure").status_code == 500
    assert everything.content(database) == before


@pytest.mark.parametrize("hook", ["before_request_funcs", "after_request_funcs"])
def test_a_fault_in_a_hook_is_a_fault_like_any_other(app, world, database, hook):
    def fail(*_) -> None:
        raise RuntimeError("in a hook")

    layla = everything.browser(app, world, "layla")
    before, token = everything.content(database), layla.token()
    getattr(app, hook)[None].append(fail)
    assert layla.get("/services").status_code == 500
    if hook == "before_request_funcs":
        address = f"/services/{world.ids['service_id']}/closure"
        assert layla.post(address, data={"csrf_token": token}).status_code == 500
    assert everything.content(database) == before


# --- the database is gone ------------------------------------------------------------------


@pytest.fixture
def gone(world, database: Path) -> None:
    """From here on the file of the database cannot be opened."""
    db.session.remove()
    db.engine.dispose()
    for file in database.parent.glob("checkin.sqlite3*"):
        file.unlink()
    database.mkdir()


@pytest.mark.parametrize("who", [everything.NOBODY, "volunteer", "layla"])
@pytest.mark.usefixtures("gone")
def test_without_the_database_every_page_asks_to_come_back(app, world, who):
    browser = everything.browser(app, world, who)
    for address in ("/readyz", f"/S/{world.ids['code']}"):
        answer = browser.get(address, headers=HTML)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), address
        assert "What you recorded before is safe" in plain(answer)
        assert "sqlite" not in answer.text


@pytest.mark.usefixtures("gone")
def test_without_the_database_the_process_is_still_alive(app, world):
    assert everything.browser(app, world, everything.NOBODY).get("/healthz").status_code == 200


@pytest.mark.usefixtures("gone")
def test_a_program_is_told_in_its_own_way(app, world):
    answer = everything.browser(app, world, "layla").get("/shifts", headers=JSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["error"]["code"] == "503"


def test_a_spent_pool_of_connections_is_no_fault_of_ours(app, world):
    def fail() -> str:
        raise TimeoutError("QueuePool limit reached")

    fail_at(app, "pages.help", fail)
    answer = everything.browser(app, world, "layla").get("/help")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_database_that_goes_in_the_middle_of_a_page(app, world):
    def fail() -> str:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    fail_at(app, "pages.help", fail)
    answer = everything.browser(app, world, "layla").get("/help")
    assert answer.status_code == 503
    assert "SELECT" not in answer.text


def test_what_takes_too_long_is_not_tried_again_but_asked_less_of(app, world):
    def fail() -> str:
        raise OperationalError("SELECT", {}, QueryCanceled("statement timeout"))

    fail_at(app, "pages.help", fail)
    answer = everything.browser(app, world, "layla", "en").get("/help", headers=HTML)
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers
    assert "Ask for fewer days, or for less at once." in plain(answer)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_for_a_file_is_said_like_no_room_in_the_database(app, world, number):
    def fail() -> str:
        raise OSError(number, os.strerror(number))

    fail_at(app, "pages.help", fail)
    answer = everything.browser(app, world, "layla", "en").get("/help", headers=HTML)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "What you recorded before is safe" in plain(answer)


def test_another_fault_of_a_file_stays_a_fault(app, world):
    def fail() -> str:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    fail_at(app, "pages.help", fail)
    assert everything.browser(app, world, "layla").get("/help").status_code == 500


# --- answers by kind -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (Problem("own_entry"), 422, "own_entry"),
        (Conflict("scan_reused"), 409, "scan_reused"),
        (NotFound("site"), 404, "not_found"),
    ],
)
def test_a_problem_is_a_page_for_people_and_a_code_for_programs(
    app, client: Browser, problem, status, code
):
    def fail() -> str:
        raise problem

    fail_at(app, "pages.help", fail)
    page = client.get("/help", headers=HTML)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    told = client.get("/help", headers=JSON)
    assert (told.status_code, told.mimetype) == (status, "application/json")
    error = json.loads(told.data)["error"]
    assert error["code"] == code
    assert error["sentence"]


def test_the_facts_of_a_problem_stand_in_its_sentence(app, client: Browser):
    def fail() -> str:
        raise Problem("too_many", seconds=150)

    fail_at(app, "pages.help", fail)
    client.set_cookie("prefs", "en.latn.auto")
    assert "Too many tries. Try again in 3 minutes" in plain(client.get("/help", headers=HTML))


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 406, 409, 410, 413, 414, 415, 422, 429]
)
def test_every_refusal_has_a_page_and_a_code(app, client: Browser, status):
    def fail() -> str:
        abort(status)

    fail_at(app, "pages.help", fail)
    page = client.get("/help", headers=HTML)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    told = client.get("/help", headers=JSON)
    assert (told.status_code, told.json["error"]["code"]) == (status, str(status))


def test_a_method_that_is_not_there_names_those_that_are(client: Browser):
    answer = client.delete("/help")
    assert answer.status_code in (400, 405)
    answer = client.open("/help", method="TRACE")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (
        405,
        {"GET", "HEAD", "OPTIONS"},
    )
