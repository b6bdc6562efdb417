"""What is made before serving is not looked through again."""

import gc

from checkin.web import garbage


def test_what_stays_is_spared_and_the_rest_is_looked_at_seldom():
    before = gc.get_threshold()
    try:
        garbage.spare_what_stays()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == garbage.SELDOM
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
