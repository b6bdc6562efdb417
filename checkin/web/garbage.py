"""Python's looking for garbage: what was made at the start stays for ever and is none."""

import gc

SELDOM = (10_000, 50, 50)


def spare_what_stays() -> None:
    """Called once by whatever serves, when everything is made.

    Looking through it again and again cost a scan a fifteenth of its time, and a page now and
    then a quarter of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
