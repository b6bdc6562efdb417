"""What is filled in about screens: a name and a site, a code that pairs, a PIN."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from checkin.models import Site
from checkin.operations.displays.screens import LONGEST_NAME
from checkin.web.fields import Form
from checkin.web.filters import plain_label


class DisplayForm(Form):
    """A screen that will stand by itself."""

    site_id = SelectField(_l("Site"), coerce=int)
    name = StringField(
        _l("Where it stands"),
        description=_l("For example: beside the door"),
        validators=[
            InputRequired(_l("Say where it stands, so that you can tell it from others")),
            Length(max=LONGEST_NAME, message=_l("Use at most 60 characters")),
        ],
    )

    def __init__(self, sites: Iterable[Site]) -> None:
        super().__init__()
        self.site_id.choices = [(site.id, plain_label(site)) for site in sites]


class PairingForm(Form):
    """The code that makes this browser a screen."""

    code = StringField(
        _l("Pairing code"),
        description=_l("6 letters and digits, shown to the supervisor who added the display"),
        validators=[InputRequired(_l("Type the pairing code"))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"},
    )


class PinForm(Form):
    """Four digits that the supervisor chooses for this one screen."""

    pin = StringField(
        _l("Supervisor PIN"),
        validators=[InputRequired(_l("Type the PIN"))],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
