"""Keep the Arabic catalogue in step with the sentences in the code.

    python tools/catalogue.py               extract, update, compile, list what lacks Arabic
    python tools/catalogue.py merge FILE    the same, after taking the translations of FILE.po

Translations of sentences that no page says (any more, or yet) wait in glossary.po, which is not
shipped; a sentence that appears takes its Arabic from there. A lock lets several people run this
in one work tree.
"""

import argparse
import fcntl
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tokenize import TokenError

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "checkin" / "translations"
CATALOGUE = TRANSLATIONS / "ar" / "LC_MESSAGES" / "messages.po"
COMPILED = CATALOGUE.with_suffix(".mo")
GLOSSARY = TRANSLATIONS / "glossary.po"

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
    "_noun": ((1, "c"), 2, 3),
    "say": (2,),
}
# Index 4 is 11-99 and 5 is 100-102, as translators and their tools expect; Babel's own order
# for a new Arabic catalogue is the other way round.
PLURALS = "nplurals=6; plural=(n==0?0:n==1?1:n==2?2:n%100>=3&&n%100<=10?3:n%100>=11?4:5);"
HEADER = f"""
msgid ""
msgstr ""
"Language: ar\\n"
"Plural-Forms: {PLURALS}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""

Key = tuple[str, str]
Known = dict[Key, str | tuple[str, ...]]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Update and compile the Arabic catalogue.")
    parser.add_argument("command", nargs="?", choices=["update", "merge"], default="update")
    parser.add_argument("file", nargs="?", type=Path, help="a .po file with translations to take")
    options = parser.parse_args(arguments)
    if (options.command == "merge") != bool(options.file):
        parser.error("merge needs a file, update takes none")
    with _lock():
        return _update(options.file)


def extract() -> Catalog:
    """Every sentence the code and the templates say today, without Arabic."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, settings = parse_mapping_cfg(file, "babel.cfg")
    said = empty()
    reading: list[str] = []
    found = extract_from_dir(
        ROOT,
        methods,
        settings,
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        callback=lambda name, _method, _options: reading.append(name),
        directory_filter=lambda folder: not Path(folder).name.startswith("."),
    )
    try:
        for name, _line, message, comments, context in found:
            said.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    except (SyntaxError, TokenError, TemplateSyntaxError) as error:
        sys.exit(f"{reading[-1]} cannot be read ({error}); mend it and try again.")
    return said


def read(path: Path) -> Catalog:
    if not path.exists():
        return empty()
    with path.open("rb") as file:
        return read_po(file, locale="ar")


def empty() -> Catalog:
    return read_po(io.StringIO(HEADER), locale="ar")


NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def compiled(catalogue: Catalog) -> bytes:
    """The same bytes for the same sentences: the header must not say when it was compiled."""
    catalogue.creation_date = NO_DATE
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def missing(catalogue: Catalog) -> list[Message]:
    """Sentences without Arabic, or without one of its plural forms."""
    return [message for message in catalogue if message.id and not _complete(message)]


def _update(merged: Path | None) -> int:
    known = _known(read(GLOSSARY)) | _known(read(CATALOGUE))
    if merged:
        known |= _told(known, _known(read(merged)))
    catalogue = extract()
    for message in catalogue:
        if message.id:
            message.string = _fitting(message, known.pop(_key(message), None))
    _write(CATALOGUE, _text(catalogue))
    _write(COMPILED, compiled(catalogue))
    _write(GLOSSARY, _text(_glossary(known)))
    return _report(catalogue, len(known))


def _told(known: Known, taken: Known) -> Known:
    for key in sorted(known.keys() & taken.keys()):
        if known[key] != taken[key]:
            print(f"changed: {key[1]!r}\n   from {known[key]!r}\n     to {taken[key]!r}")
    return taken


def _report(catalogue: Catalog, waiting: int) -> int:
    lacking = missing(catalogue)
    for message in lacking:
        context = f" [{message.context}]" if message.context else ""
        print(
            f"no Arabic:{context} {message.id!r}  in {', '.join(n for n, _ in message.locations)}"
        )
    said = sum(1 for message in catalogue if message.id)
    print(f"{said} sentences, {len(lacking)} without Arabic; {waiting} more wait in the glossary")
    return 1 if lacking else 0


def _known(catalogue: Catalog) -> Known:
    return {
        _key(message): message.string for message in catalogue if message.id and _complete(message)
    }


def _glossary(known: Known) -> Catalog:
    glossary = empty()
    for (context, source), arabic in known.items():
        # A plural is kept under its first form; the second is looked up again when it is said.
        source_forms = (source, source) if isinstance(arabic, tuple) else source
        glossary.add(source_forms, arabic, context=context or None)
    return glossary


def _key(message: Message) -> Key:
    source = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", source


def _fitting(message: Message, arabic: str | tuple[str, ...] | None) -> str | tuple[str, ...]:
    nothing = ("",) * 6 if message.pluralizable else ""
    return arabic if isinstance(arabic, type(nothing)) else nothing


def _complete(message: Message) -> bool:
    if message.pluralizable:
        return (
            isinstance(message.string, tuple) and len(message.string) == 6 and all(message.string)
        )
    return isinstance(message.string, str) and bool(message.string)


def _text(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    for message in catalogue:
        message.flags.discard("fuzzy")
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True)
    return HEADER.lstrip().encode() + b"\n" + out.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


@contextmanager
def _lock() -> Iterator[None]:
    folder = os.open(TRANSLATIONS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


if __name__ == "__main__":
    sys.exit(main())
