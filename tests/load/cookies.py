"""Cookies that are almost right: none of them may open anything, none may break anything.

`python -m tests.load.cookies` takes a volunteer's and a coordinator's device, a session with a
mobile just proved, one with a right password that waits for its second factor, and a screen's
credential; changes them in every way it knows; and asks for the page that the right one opens.
"""

import argparse
import random
import secrets
import string
import sys
import tempfile
from base64 import urlsafe_b64decode
from binascii import Error
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import time_machine
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from checkin import create_app, migrations
from checkin.database import db, standalone_engine
from checkin.operations import displays
from tests.conftest import NOW
from tests.load.servers import KEY
from tests.web import everything

LETTERS = string.ascii_letters + string.digits + "-_."
OTHER_KEY = "another key, as long as ours is: 9876543210"
HUGE = (5_000, 60_000)
"""Letters added to a cookie that is meant to be too long."""


@dataclass(frozen=True)
class Door:
    """A cookie's name and value, and a page that it opens and that stays shut without it."""

    name: str
    value: str
    page: str
    forged: str
    """The same content signed with another key, or a random value of the same shape."""


@dataclass
class Tried:
    """How many of each kind were tried, which opened their page, and which broke it."""

    kinds: Counter[str] = field(default_factory=Counter)
    opened: list[str] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(self.kinds.items()))
        ends = f"{len(self.opened)} opened, {len(self.broke)} broke"
        return f"{self.kinds.total():,} cookies ({kinds}): {ends}"


def doors(app: Flask, world: everything.World) -> list[Door]:
    """Every kind of cookie that lets somebody do something."""
    screen = displays.open_here(
        int(str(world.ids["site_id"])), "2580", by=world.people["salem"], now=NOW
    )
    step = {"target": "/", "at": NOW.isoformat()}
    proved = {**step, "mobile": "+966512345678", "remember": True, "proved_by": "code"}
    waiting = {**step, "person_id": world.people["layla"], "stamp": "x", "has_totp": True}
    return [
        Door("device", world.cookies["volunteer"], "/hours", _random(world.cookies["volunteer"])),
        Door("device", world.cookies["layla"], "/shifts", _random(world.cookies["layla"])),
        Door("display", screen.secret, "/display/keys", _random(screen.secret)),
        _signed(app, "/sign-in/registration", {"opening": proved}),
        _signed(app, "/staff/sign-in/code", {"staff_opening": waiting}),
    ]


def _random(value: str) -> str:
    return "".join(letter if letter == "." else secrets.choice(LETTERS[:-1]) for letter in value)


def _signed(app: Flask, page: str, content: dict[str, object]) -> Door:
    """A session of this content, and the same signed by somebody who does not have our key."""
    other = Flask("other")
    other.secret_key = OTHER_KEY
    return Door("s", _dumped(app, content), page, _dumped(other, content))


def _dumped(app: Flask, content: dict[str, object]) -> str:
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps(content))


# --- changing them -------------------------------------------------------------------------


def _flip(door: Door, _other: Door, chance: random.Random) -> str:
    """One to eight bits are others."""
    letters = [ord(letter) for letter in door.value]
    for _ in range(chance.randint(1, 8)):
        letters[chance.randrange(len(letters))] ^= 1 << chance.randrange(8)
    return "".join(map(chr, letters))


def _cut(door: Door, _other: Door, chance: random.Random) -> str:
    return door.value[: chance.randrange(len(door.value))]


def _huge(door: Door, _other: Door, chance: random.Random) -> str:
    more = chance.choice(LETTERS) * chance.randint(*HUGE)
    return chance.choice([door.value + more, more + door.value, door.value + "." + more])


def _mixed(door: Door, other: Door, chance: random.Random) -> str:
    """Parts of two people's cookies."""
    mine, theirs = door.value.split("."), other.value.split(".")
    at = chance.randrange(len(mine))
    mine[at] = chance.choice(theirs)
    return ".".join(mine)


def _typed(door: Door, _other: Door, chance: random.Random) -> str:
    """A letter is another, too many, or in another place."""
    text = list(door.value)
    at, letter = chance.randrange(len(text)), chance.choice(LETTERS)
    change = chance.randrange(3)
    if change == 0:
        text[at] = letter
    elif change == 1:
        text.insert(at, letter)
    else:
        text[at], text[0] = text[0], text[at]
    return "".join(text)


def _forged(door: Door, _other: Door, chance: random.Random) -> str:
    """Of another key; its signature, or the content under the right one's signature."""
    fits = door.forged.count(".") == door.value.count(".") and "." in door.value
    if not fits or chance.random() < 0.5:
        return door.forged
    swapped = chance.randrange(door.value.count(".") + 1)
    return ".".join(
        theirs if number == swapped else ours
        for number, (ours, theirs) in enumerate(
            zip(door.value.split("."), door.forged.split("."), strict=True)
        )
    )


KINDS: dict[str, Callable[[Door, Door, random.Random], str]] = {
    "flipped": _flip,
    "cut": _cut,
    "huge": _huge,
    "mixed": _mixed,
    "mistyped": _typed,
    "forged": _forged,
}


def mutations(all_doors: list[Door], number: int, seed: int) -> Iterator[tuple[str, Door, str]]:
    """So many (kind, door, cookie), the same ones for the same seed."""
    chance = random.Random(seed)
    while number:
        kind = list(KINDS)[number % len(KINDS)]
        door, other = chance.sample(all_doors, 2)
        cookie = KINDS[kind](door, other, chance)
        if not cookie.isprintable() or set(cookie) & set('\r\n\0;," '):
            cookie = "".join(c if c in LETTERS else chance.choice(LETTERS) for c in cookie)
        if _meaning(cookie) != _meaning(door.value):
            number -= 1
            yield kind, door, cookie


def _meaning(cookie: str) -> tuple[str, bytes]:
    """Two spellings of one signature are one cookie: base64 leaves two bits of its end unused."""
    head, _, signature = cookie.rpartition(".")
    try:
        return head, urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except (Error, ValueError):
        return head, signature.encode()


# --- trying them ---------------------------------------------------------------------------


def opens(app: Flask, door: Door, cookie: str) -> int:
    """The status with which the door's page answers this cookie."""
    headers = {"Cookie": f"{door.name}={cookie}; prefs=en.latn.auto"}
    return everything.bare(app).get(door.page, headers=headers).status_code


def try_all(app: Flask, all_doors: list[Door], number: int, seed: int) -> Tried:
    """Ask with `number` cookies that are almost right; the right ones open before and after."""
    tried = Tried()
    for door in all_doors:
        assert opens(app, door, door.value) == 200, f"the right {door.name} opens {door.page}"
    for kind, door, cookie in mutations(all_doors, number, seed):
        status = opens(app, door, cookie)
        tried.kinds[kind] += 1
        said = f"{kind} {door.name} at {door.page}: {cookie[:200]!r}"
        if status == 200:
            tried.opened.append(said)
        elif status >= 500:
            tried.broke.append(f"{status} {said}")
    for door in all_doors:
        assert opens(app, door, door.value) == 200, f"trying ended the right {door.name}"
    return tried


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cookies", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, time_machine.travel(NOW, tick=False):
        url = f"sqlite:///{Path(folder) / 'cookies.sqlite3'}"
        engine = standalone_engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": KEY, "SENDER": "file"})
        with app.app_context():
            all_doors = doors(app, everything.build(NOW))
            db.session.remove()
        tried = try_all(app, all_doors, options.cookies, options.seed)
        with app.app_context():
            db.engine.dispose()
    print(tried)
    for fault in (*tried.opened, *tried.broke)[:20]:
        print(f"  {fault}")
    return 1 if tried.opened or tried.broke else 0


if __name__ == "__main__":
    sys.exit(main())
