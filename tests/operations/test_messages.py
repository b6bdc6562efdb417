"""The outbox: sent once, with patience, by one worker at a time; codes do not stay."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from checkin.database import db, transaction
from checkin.models import Message
from checkin.operations import messages, senders
from checkin.operations.senders import NotSent

MOBILE = "+966500000001"


def queue(now, once="code:1", **values):
    values = {"language": "ar", "lifetime": timedelta(minutes=10), **values}
    messages.queue(once, "sign_in_code", MOBILE, {"code": "123456"}, now=now, **values)


def render(template, language, facts):
    return f"{template} {language} {facts['code']}"


def message():
    db.session.expire_all()
    return db.session.scalars(db.select(Message)).one()


class Line:
    """A sender that keeps what it was given, and fails when told to."""

    def __init__(self, *faults):
        self.faults = list(faults)
        self.sent = []

    def __call__(self, mobile, text, once):
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((mobile, text, once))


def test_a_message_is_sent_once_and_its_code_is_removed(now):
    queue(now)
    line = Line()
    assert messages.deliver(line, render, now=now) == 1
    assert messages.deliver(line, render, now=now + timedelta(hours=1)) == 0
    assert line.sent == [(MOBILE, "sign_in_code ar 123456", "code:1")]
    assert (message().sent_at, message().facts) == (now, {})


def test_asking_twice_keeps_one_message(now):
    queue(now)
    queue(now)
    assert message().once == "code:1"


def test_a_message_and_its_act_are_kept_together(now):
    @transaction
    def act():
        queue(now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert db.session.scalar(db.select(Message.id)) is None


def test_a_failed_message_is_tried_again_later(now):
    queue(now)
    line = Line(NotSent("gateway answered 502"))
    messages.deliver(line, render, now=now)
    assert (message().attempts, message().fault) == (1, "gateway answered 502")
    assert messages.deliver(line, render, now=now + timedelta(seconds=4)) == 0
    assert messages.deliver(line, render, now=now + timedelta(seconds=5)) == 1
    assert len(line.sent) == 1
    assert message().fault == ""


def test_patience_grows_and_ends(now):
    queue(now, lifetime=timedelta(days=1))
    line = Line(*[NotSent("gateway answered 503")] * 6)
    at = now
    for wait in (*messages.PATIENCE, None):
        assert messages.deliver(line, render, now=at) == 1
        at = at + wait if wait else at
    assert message().failed_at == at
    assert message().facts == {}
    assert messages.deliver(line, render, now=at + timedelta(hours=1)) == 0


def test_a_final_refusal_is_not_repeated(now):
    queue(now)
    messages.deliver(Line(NotSent("gateway answered 400", final=True)), render, now=now)
    assert message().failed_at == now
    assert message().facts == {}


def test_a_message_without_words_does_not_stop_the_others(now):
    messages.queue("odd", "unheard_of", MOBILE, {}, language="ar", now=now)
    queue(now)
    line = Line()
    messages.deliver(
        line,
        lambda template, *rest: None if template == "unheard_of" else render(template, *rest),
        now=now,
    )
    assert [once for _, _, once in line.sent] == ["code:1"]
    odd = db.session.scalars(db.select(Message).where(Message.once == "odd")).one()
    assert odd.fault == "no words for unheard_of"


def test_a_late_message_is_given_up_without_being_sent(now):
    queue(now)
    late = now + timedelta(minutes=10)
    line = Line()
    assert messages.deliver(line, render, now=late) == 0
    assert messages.forget_passed(late) == 1
    assert (message().failed_at, message().fault, message().facts) == (late, "expired", {})


def test_a_message_can_wait_for_its_time(now):
    queue(now, due_at=now + timedelta(hours=2))
    line = Line()
    assert messages.deliver(line, render, now=now + timedelta(minutes=119)) == 0
    assert messages.deliver(line, render, now=now + timedelta(hours=2)) == 1


def test_old_messages_are_removed(now):
    queue(now)
    messages.deliver(Line(), render, now=now)
    assert messages.forget_passed(now + timedelta(days=89)) == 0
    assert messages.forget_passed(now + timedelta(days=90)) == 1


def test_two_workers_never_send_one_message(app, now):
    for n in range(20):
        queue(now, once=f"code:{n}")
    line = Line()

    def work(_):
        with app.app_context():
            while messages.deliver(line, render, now=now):
                pass

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert sorted(once for _, _, once in line.sent) == sorted(f"code:{n}" for n in range(20))


def test_a_worker_that_died_is_followed_after_its_lease(now):
    queue(now)

    def dies(*_):
        raise SystemExit

    with pytest.raises(SystemExit):
        messages.deliver(dies, render, now=now)
    line = Line()
    assert messages.deliver(line, render, now=now + timedelta(seconds=59)) == 0
    assert messages.deliver(line, render, now=now + timedelta(seconds=60)) == 1
    assert len(line.sent) == 1


# --- senders -------------------------------------------------------------------------------


class Gateway(BaseHTTPRequestHandler):
    """An SMS gateway that answers what the test tells it to."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.got.append((dict(self.headers), json.loads(self.rfile.read(length))))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Tests print nothing."""


@pytest.fixture
def gateway():
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    server.got, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def http_sender(gateway):
    return senders.chosen(
        {
            "SENDER": "http",
            "SENDER_URL": f"http://127.0.0.1:{gateway.server_port}/sms",
            "SENDER_TOKEN": "a key",
            "SENDER_NAME": "Checkin",
        }
    )


def test_the_gateway_gets_the_text_and_an_id_for_repetitions(gateway):
    http_sender(gateway)(MOBILE, "رمز التحقق: 123456", "code:1")
    ((headers, content),) = gateway.got
    assert content == {
        "to": MOBILE,
        "text": "رمز التحقق: 123456",
        "from": "Checkin",
        "id": "code:1",
    }
    assert headers["Authorization"] == "Bearer a key"
    assert headers["Idempotency-Key"] == "code:1"


@pytest.mark.parametrize(
    ("status", "final"), [(400, True), (401, True), (302, True), (429, False), (500, False)]
)
def test_what_a_refusal_of_the_gateway_means(gateway, status, final):
    gateway.status = status
    with pytest.raises(NotSent) as caught:
        http_sender(gateway)(MOBILE, "text", "code:1")
    assert (caught.value.reason, caught.value.final) == (f"gateway answered {status}", final)
    assert len(gateway.got) == 1


def test_a_gateway_that_is_away_is_tried_again(gateway):
    gateway.shutdown()
    gateway.server_close()
    with pytest.raises(NotSent) as caught:
        http_sender(gateway)(MOBILE, "text", "code:1")
    assert not caught.value.final
    assert "a key" not in caught.value.reason


def test_the_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "out.jsonl"
    send = senders.chosen({"SENDER": "file", "SENDER_FILE": str(path)})
    send(MOBILE, "مرحبًا", "a:1")
    send(MOBILE, "two\nlines", "a:2")
    assert path.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["text"] for line in lines] == ["مرحبًا", "two\nlines"]


def test_a_file_that_cannot_be_written_is_tried_again(tmp_path):
    send = senders.chosen({"SENDER": "file", "SENDER_FILE": str(tmp_path)})
    with pytest.raises(NotSent) as caught:
        send(MOBILE, "text", "a:1")
    assert not caught.value.final


def test_the_console_shows_the_message(capsys):
    senders.chosen({"SENDER": "console"})(MOBILE, "رمز التحقق: 123456", "a:1")
    assert "رمز التحقق: 123456" in capsys.readouterr().out
