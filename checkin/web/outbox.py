"""Messages to mobiles: what waits, left and failed, the day's budget, a test of the sender."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import jobs, messages, outbox, people, settings
from checkin.operations.outbox import State
from checkin.operations.senders import NotSent
from checkin.web import clock, errors, message_words
from checkin.web.digits import num
from checkin.web.fields import Form, mobile_field, row_number
from checkin.web.guard import requires
from checkin.web.i18n import current_prefs
from checkin.web.message_kinds import KINDS

bp = Blueprint("outbox", __name__, url_prefix="/outbox")

errors.sentences(
    message_too_late=_l("It is too late for this message, or it has left already"),
    mobile_missing=_l("Your account has no mobile. Enter the number to send the test to"),
)
STATES = {
    State.WAITING: _l("To be sent"),
    State.SENT: _l("Sent"),
    State.FAILED: _l("Failed"),
}
LEFT = {
    "console": _l("Printed, not sent"),
    "file": _l("Written, not sent"),
    "http": STATES[State.SENT],
    "demo": _l("For show, not sent"),
}
"""What became of a message that left, by the way in which it did."""
LEFT_SOMEHOW = _l("Sent or only written")
"""Where several ways were taken, or nobody noted which."""
TESTED = {
    "console": _l("The test message was printed on the server, not sent"),
    "file": _l("The test message was written into a file on the server, not sent"),
    "http": _l("The test message has left. It should arrive within a minute"),
}
SENDERS = {
    "console": _l("Printed on the server, not sent"),
    "file": _l("Written into a file on the server, not sent"),
    "http": _l("Through an SMS gateway"),
}
NOTHING = {
    State.WAITING: _l("No message waits"),
    State.SENT: _l("No message was sent yet"),
    State.FAILED: _l("No message failed"),
}


_ANSWERED = "gateway answered "


class TestForm(Form):
    mobile = mobile_field(
        _l("Mobile for the test"),
        description=_l("Five tests an hour. Each counts as a message of today and is recorded."),
    )


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index():
    return _page(TestForm(formdata=None, mobile=people.find(current_user.id).mobile))


def _page(form: TestForm) -> str:
    state = request.args.get("state", State.WAITING, State)
    now, counts, setup = clock.now(), outbox.counts(), outbox.setup()
    return render_template(
        "outbox/index.html",
        found=outbox.page_of(state, request.args.get("before", type=row_number)),
        form=form,
        chips=[_chip(one, counts[one], state) for one in State],
        state=state,
        nothing=NOTHING[state],
        kinds=KINDS,
        texts=_texts,
        fault_words=_fault_words,
        may_try_again=lambda message: outbox.may_try_again(message, now),
        spent=messages.spent_today(now),
        budget=settings.value("messages_per_day"),
        setup=setup,
        senders=SENDERS,
        left=LEFT,
        left_somehow=LEFT_SOMEHOW,
    )


@bp.post("/<int:message_id>/attempt")
@requires(Permission.MANAGE_PEOPLE)
def attempt(message_id: int):
    try:
        outbox.try_again(message_id, by=current_user.id, now=clock.now())
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
    else:
        jobs.nudge()
        flash(_("It is tried again now"), "done")
    return redirect(url_for(".index", state=State.FAILED.value), 303)


@bp.post("/test")
@requires(Permission.MANAGE_PEOPLE)
def test():
    """Answered when the gateway has answered, or not within its seconds."""
    form = TestForm()
    if not form.carry_out(lambda: _send_test(form.mobile.data), mobile_missing="mobile"):
        return _page(form), form.status
    if form.made is None:
        flash(TESTED[outbox.setup().kind], "done")
    else:
        fault = _fault_words(form.made.reason)
        flash(_("The test message did not leave: %(fault)s", fault=fault), "stop")
    return redirect(url_for(".index"), 303)


def _send_test(mobile: str | None) -> NotSent | None:
    return outbox.send_test(
        *(current_user.id, message_words.render),
        to=mobile,
        language=current_prefs().lang,
        now=clock.now(),
    )


def _chip(state: State, number: int, chosen: State) -> dict[str, object]:
    return {
        "text": _all_left() if state is State.SENT and number else STATES[state],
        "count": number,
        "href": url_for(".index", state=state.value),
        "pressed": state is chosen,
    }


def _all_left() -> str:
    """What became of all that left, where they did in one way."""
    ways = outbox.ways_left()
    return LEFT.get(ways.pop(), LEFT_SOMEHOW) if len(ways) == 1 else LEFT_SOMEHOW


def _fault_words(fault: str) -> str:
    """What was noted when a message did not leave; what only a machine says stays as it is."""
    if fault == "expired":
        return _("It could not be sent in time")
    if fault.startswith("gateway unreachable"):
        return _("The SMS gateway could not be reached")
    if fault.startswith(_ANSWERED):
        return _("The SMS gateway answered %(code)s", code=num(int(fault.removeprefix(_ANSWERED))))
    return fault


def _texts(message) -> list[tuple[str, str]]:
    """The message in its own language, then in the other, codes hidden."""
    facts = outbox.shown_facts(message)
    languages = (message.language, "en" if message.language == "ar" else "ar")
    texts = ((one, message_words.render(message.template, one, facts)) for one in languages)
    return [(one, text) for one, text in texts if text is not None]
