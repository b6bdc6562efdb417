"""A browser in two words, so that people know their own devices in a list."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Sought in this order: every browser also names the ones it descends from."""


def browser_label(user_agent: str) -> str:
    """ "iPhone · Safari"; empty when nothing is recognised."""
    found = (
        next((name for sign, name in table if sign in user_agent), "")
        for table in (SYSTEMS, BROWSERS)
    )
    return " · ".join(filter(None, found))
