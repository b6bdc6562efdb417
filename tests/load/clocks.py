"""Ten thousand lying clocks: no phone earns a minute the server cannot prove.

`python -m tests.load.clocks` runs the two laws of `tests/domain/test_clocks.py` on as many
generated phones as asked for.
"""

import argparse

from hypothesis import given, settings

from tests.domain import test_clocks as clocks

LAWS = {
    clocks.test_no_clock_earns_a_minute_beyond_what_can_be_proved: 2,
    clocks.test_a_lie_that_moves_an_instant_is_told: 1,
}
"""Each law, and how many uploads one example of it takes."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=10_000)
    examples = options.parse_args().examples
    wanted = settings(max_examples=examples, deadline=None, database=None)
    for law, uploads in LAWS.items():
        wanted(given(*[clocks.uploads()] * uploads)(law.hypothesis.inner_test))()
        print(f"{examples:,} examples: {law.__name__.removeprefix('test_').replace('_', ' ')}")


if __name__ == "__main__":
    main()
