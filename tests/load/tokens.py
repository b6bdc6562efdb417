"""Codes that are almost right: none of them checks anybody in, none of them breaks a page.

`python -m tests.load.tokens` takes what a screen shows at one instant, changes it in every way it
knows, makes others up, and sends each as a volunteer whose shift is on: opens the page, presses
the button. At the end the code itself is sent, which must check the volunteer in.
"""

import argparse
import random
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from urllib.parse import quote

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from checkin import create_app, migrations
from checkin.database import db, standalone_engine
from checkin.domain.codes import ALPHABET, decode, encode
from checkin.domain.rotating import TOKEN_LENGTH, read_token
from checkin.models import Scan
from checkin.operations import devices, displays
from tests.cast import Cast, company
from tests.conftest import NOW
from tests.load.servers import KEY

STRANGE = "OILUoilu-٠٩ſıK　 %\u200f/\\?#."
"""Letters that look like ours, that other functions would make ours, or that mean something."""


@dataclass
class Tried:
    """How many of each kind were sent, what was accepted, what broke, and how long it took."""

    kinds: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """What the answers took of the processor: the fair figure on a machine that does other work."""

    def __str__(self) -> str:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(self.kinds.items()))
        ends = f"{len(self.accepted)} accepted, {len(self.broke)} broke"
        took = f"p99 {_p99(self.seconds)} ms, of them {_p99(self.busy)} ms at work"
        return f"{self.kinds.total():,} codes ({kinds}): {ends}, {took}"


def _p99(seconds: list[float]) -> str:
    return f"{1000 * quantiles(seconds, n=100)[-1]:.1f}"


# --- changing a code -----------------------------------------------------------------------


def _letters(token: str, chance: random.Random) -> str:
    """One to four characters are others."""
    letters = list(token)
    for _ in range(chance.randint(1, 4)):
        letters[chance.randrange(len(letters))] = chance.choice(ALPHABET)
    return "".join(letters)


def _strange(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token))
    return token[:at] + chance.choice(STRANGE) + token[at + 1 :]


def _length(token: str, chance: random.Random) -> str:
    more = "".join(chance.choice(ALPHABET) for _ in range(chance.randint(1, 60)))
    return chance.choice([token[: chance.randrange(1, len(token))], token + more, more + token])


def _order(token: str, chance: random.Random) -> str:
    one, other = sorted(chance.sample(range(len(token)), 2))
    letters = list(token)
    letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def _window(token: str, chance: random.Random) -> str:
    """Another half minute, near or far, under the same proof."""
    window = decode(token[7:13])
    moved = window + chance.choice([-1, 1, chance.randint(-(10**6), 10**6)])
    return token[:7] + encode(moved % 2**30, 6) + token[13:]


def _proof(token: str, chance: random.Random) -> str:
    return token[:13] + encode(chance.getrandbits(128), 26)


def _bit(token: str, chance: random.Random) -> str:
    """One bit of the proof; the two that no number uses as well."""
    at, bit = chance.randrange(13, TOKEN_LENGTH), 1 << chance.randrange(5)
    return token[:at] + ALPHABET[ALPHABET.index(token[at]) ^ bit] + token[at + 1 :]


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "other letters": _letters,
    "strange letters": _strange,
    "other lengths": _length,
    "swapped": _order,
    "other windows": _window,
    "other proofs": _proof,
    "one bit": _bit,
}


def mixed(one: str, other: str, chance: random.Random) -> str:
    """The beginning of one screen's code and the end of another's."""
    at = chance.choice([1, 7, 13, chance.randrange(1, TOKEN_LENGTH)])
    return one[:at] + other[at:]


def made_up(chance: random.Random) -> str:
    return "".join(chance.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


# --- sending it ----------------------------------------------------------------------------


class Volunteer:
    """A browser that opens a code's page and presses its button, over and over."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self._browser = FlaskClient(app, app.response_class)
        _, cookie = devices.remember(
            cast.noura.id, "phone", "test", lifetime=devices.RENEW_AFTER, now=NOW
        )
        self._browser.set_cookie("device", cookie)
        page = self._browser.get("/help").get_data(as_text=True)
        self._form_token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        self._person_id = cast.noura.id

    def tries(self, token: str, tried: Tried, *, looks: bool) -> None:
        """Press the button of a code's page; sometimes look at the page first."""
        sent = {"kind": "in", "scan_uid": str(uuid.uuid4()), "csrf_token": self._form_token}
        address = f"/R/{quote(token, safe='')}"
        started, worked = perf_counter(), process_time()
        statuses = [self._browser.post(address, data=sent).status_code]
        tried.seconds.append(perf_counter() - started)
        tried.busy.append(process_time() - worked)
        if looks:
            statuses.append(self._browser.get(address).status_code)
        if any(status >= 500 for status in statuses):
            tried.broke.append(token)
        if 200 in statuses or self.scans():
            tried.accepted.append(token)

    def scans(self) -> int:
        kept = db.select(db.func.count()).select_from(Scan)
        return int(db.session.scalar(kept.where(Scan.volunteer_id == self._person_id)) or 0)


def run(app: Flask, mutated: int, random_ones: int, chance: random.Random) -> Tried:
    """Send so many of each; the app's database is empty, and the cast is put into it."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        cast, tried = company(NOW), Tried()
        ours, other = (
            _shown(site_id, by)
            for site_id, by in ((cast.mataf.id, cast.salem.id), (cast.squares.id, cast.huda.id))
        )
        volunteer = Volunteer(app, cast)
        for number in range(mutated + random_ones):
            kind, token = _next(ours, other, number < mutated, chance)
            tried.kinds[kind] += 1
            volunteer.tries(token, tried, looks=number % 20 == 0)
        right = Tried()
        volunteer.tries(ours, right, looks=True)
        if right.broke or volunteer.scans() != 1:
            raise SystemExit("The code itself was refused: nothing above proves anything.")
        return tried


def _shown(site_id: int, by: int) -> str:
    displays.open_here(site_id, "2580", by=by, now=NOW)
    live = displays.live_at(site_id, NOW)
    assert live is not None
    return live.token


def _next(ours: str, other: str, mutate: bool, chance: random.Random) -> tuple[str, str]:
    """A kind, and a code of it that is none of the two right ones."""
    while True:
        if not mutate:
            kind, token = "made up", made_up(chance)
        elif chance.random() < 1 / (len(CHANGES) + 1):
            kind, token = "of two screens", mixed(ours, other, chance)
        else:
            kind = chance.choice(list(CHANGES))
            token = CHANGES[kind](ours, chance)
        if read_token(token) not in (read_token(ours), read_token(other)) or not read_token(token):
            return kind, token


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutated", type=int, default=100_000)
    options.add_argument("--random", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tokens.sqlite3'}"
        engine = standalone_engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        app = create_app({"TESTING": True, "DATABASE_URL": url, "SECRET_KEY": KEY, "JOBS": False})
        app.config["PROPAGATE_EXCEPTIONS"] = False
        tried = run(app, asked.mutated, asked.random, random.Random(asked.seed))
    print(f"seed {asked.seed}: {tried}")
    sys.exit(bool(tried.accepted or tried.broke))


if __name__ == "__main__":
    main()
