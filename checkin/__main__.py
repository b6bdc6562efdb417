"""`python -m checkin`: the same as the installed command `checkin`."""

import sys

from checkin.cli import main

sys.exit(main())
