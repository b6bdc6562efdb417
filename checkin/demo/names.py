"""Names as they are heard in Makkah: a first name, the father's, the family's."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random


def people(random: Random) -> Iterator[tuple[str, str]]:
    """Names with "man" or "woman", none twice, the same for the same `random`."""
    heard = json.loads(Path(__file__).with_name("names.json").read_text("utf-8"))
    seen: set[str] = set()
    while True:
        gender = random.choices(("man", "woman"), (58, 42))[0]
        first = random.choice(heard["men" if gender == "man" else "women"])
        name = f"{first} {random.choice(heard['men'])} {random.choice(heard['families'])}"
        if name not in seen:
            seen.add(name)
            yield name, gender
