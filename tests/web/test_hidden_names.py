"""A tablet turned to the public: wherever a volunteer is named, the name can be hidden."""

from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.models import Person
from tests.pages import VOID
from tests.web import everything

pytestmark = pytest.mark.usefixtures("at")
ROOMS = ("floor", "approvals", "presence", "tally")
"""What supervisors work in while the public stands around them."""
UNSEEN = {"title", "template", "script"}


class Seen(HTMLParser):
    """The texts of a page that stay when names are hidden."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open: list[bool] = [False]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self._open.append(self._open[-1] or tag in UNSEEN or "data-private" in dict(attrs))

    def handle_endtag(self, tag):
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data):
        if not self._open[-1]:
            self.texts.append(data)


def stay(html: str, texts: list[str]) -> list[str]:
    """Which of these can be read although names are hidden."""
    seen = Seen(html).texts
    return [text for text in texts if any(text in one for one in seen)]


@pytest.fixture
def volunteers(world) -> list[str]:
    """Everybody but the staff, whose names the public may know."""
    staff = {world.people[name] for name in everything.PEOPLE if name not in ("volunteer", "lead")}
    people = db.session.execute(select(Person.id, Person.name))
    return [person.name for person in people if person.id not in staff]


def test_what_is_not_marked_is_found():
    page = "<p>Noura<br><b data-private>Sara <i>Ali</i></b> Hind</p><template>Mona</template>"
    assert stay(page, ["Noura", "Sara", "Ali", "Hind", "Mona"]) == ["Noura", "Hind"]


@pytest.mark.parametrize("who", ["salem", "layla"])
def test_every_volunteers_name_can_be_hidden(app, world, volunteers, who):
    browser = everything.browser(app, world, who)
    told, named = [], 0
    for rule in everything.rules(app, "GET"):
        if rule.endpoint.partition(".")[0] not in ROOMS:
            continue
        address = everything.address(rule.rule, world.ids)
        answer = browser.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        named += any(name in answer.text for name in volunteers)
        told += [f"{address}: {name}" for name in stay(answer.text, volunteers)]
    assert named > 8, "the pages that were looked at name nobody"
    assert not told, "\n" + "\n".join(told)


def test_where_hours_are_decided_hidden_names_can_be_shown_again(app, world):
    salem = everything.browser(app, world, "salem")
    for rule in ("/shifts/<int:shift_id>/approvals", "/attendances/<int:attendance_id>/review"):
        page = everything.address(rule, world.ids)
        salem.send("/names", names="hidden", next=page)
        assert 'name="names" value="shown"' in salem.get(page).text
        assert salem.send("/names", names="shown", next=page).location == page
        assert 'name="names"' not in salem.get(page).text
