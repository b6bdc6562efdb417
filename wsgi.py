"""The application for any WSGI server: `gunicorn wsgi:app`."""

from checkin import create_app
from checkin.web.garbage import spare_what_stays

app = create_app()
spare_what_stays()
