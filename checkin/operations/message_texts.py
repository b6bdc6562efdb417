"""The organisation's own words for messages, by wording and language; elsewhere ours hold.

Read when a message is put into words, all in one question; a change holds from the next on.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from flask import g
from sqlalchemy import delete, select

from checkin.database import db, transaction, upsert
from checkin.domain import placeholders
from checkin.models import MessageText
from checkin.operations import audit

LONGEST = 600
"""Nine parts of an Arabic SMS; nobody reads more."""
LANGUAGES = ("ar", "en")

Texts = dict[tuple[str, str], str]
"""Words by wording and language."""


# --- questions -----------------------------------------------------------------------------


def own(wording: str, language: str) -> str | None:
    """The organisation's words, their places named by keys; none where ours hold."""
    return all_own().get((wording, language))


def all_own() -> Texts:
    if "message_texts" not in g:
        rows = db.session.execute(
            select(MessageText.template, MessageText.language, MessageText.words)
        )
        g.message_texts = {(row.template, row.language): row.words for row in rows}
    texts: Texts = g.message_texts
    return texts


# --- acts ----------------------------------------------------------------------------------


@transaction
def change(
    wording: str,
    words: Mapping[str, str],
    *,
    allowed: Collection[str],
    needed: Collection[str],
    by: int,
    now: datetime,
) -> list[str]:
    """Let these words hold, by language; blank is ours again. The languages that changed.

    Raises Problems `brace_alone`, `placeholder_unknown` and `placeholder_missing` (fact `name`).
    """
    g.pop("message_texts", None)
    changed = [lang for lang in sorted(words) if words[lang] != (own(wording, lang) or "")]
    for language in changed:
        if words[language]:
            placeholders.check(words[language], allowed, needed)
            _keep(wording, language, words[language], by, now)
        else:
            _forget(wording, language)
        done = "own" if words[language] else "built_in"
        facts = {"wording": wording, "language": language}
        audit.note(f"message_text.{done}", "message_text", None, by=by, at=now, **facts)
    g.pop("message_texts", None)
    return changed


def _keep(wording: str, language: str, words: str, by: int, now: datetime) -> None:
    said = {"words": words, "changed_at": now, "changed_by_id": by}
    adding = upsert(MessageText).values(template=wording, language=language, **said)
    keys = [MessageText.template, MessageText.language]
    db.session.execute(adding.on_conflict_do_update(index_elements=keys, set_=said))


def _forget(wording: str, language: str) -> None:
    t = MessageText
    db.session.execute(delete(t).where(t.template == wording, t.language == language))
