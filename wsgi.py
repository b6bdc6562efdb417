"""The application for any WSGI server: `gunicorn wsgi:app`."""

import gc

from checkin import create_app

app = create_app()

# What was made up to here stays for ever; looking through it again and again for garbage
# cost a scan a fifteenth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 50, 50)
