"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """Where a form goes, and its fields with what stands in them."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = values.get("action") or self.address
            self.forms.append(Form(action, values.get("method", "get").lower()))
        if not self.forms:
            return
        fields, name = self.forms[-1].fields, values.get("name", "")
        if tag in ("input", "textarea", "button") and name:
            fields.setdefault(name, values.get("value", ""))
        if tag == "select":
            self._select = name
            fields.setdefault(name, "")
        if tag == "option" and self._select and not fields[self._select]:
            fields[self._select] = values.get("value", "")


def forms_of(html: str, address: str) -> list[Form]:
    """Every form of the page at `address`."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms
