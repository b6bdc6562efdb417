"""The organisation's own words for messages, in both languages, shown as they arrive."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from checkin.domain import placeholders, sms
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.domain.text import clean_text
from checkin.operations import message_texts
from checkin.operations.message_texts import LANGUAGES, LONGEST
from checkin.web import clock, errors
from checkin.web.fields import Form
from checkin.web.filters import isolate
from checkin.web.guard import requires
from checkin.web.i18n import in_language
from checkin.web.message_samples import PLACES, WORDINGS, Wording

bp = Blueprint("message_texts", __name__, url_prefix="/messages")

errors.sentences(
    brace_alone=_l("A brace stands alone. A place to be filled stands between two braces"),
    placeholder_unknown=_l(
        "%(name)s is no place of this message. Use those listed below the text, spelled like there"
    ),
    placeholder_missing=_l("%(name)s is missing. Without it the message would be of no use"),
)


class TextForm(Form):
    """Blank is the built-in text."""

    ar = TextAreaField(_l("Own text in Arabic"))
    en = TextAreaField(_l("Own text in English"))

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        own = {lang: message_texts.own(wording.key, lang) or "" for lang in LANGUAGES}
        kept = {lang: wording.shown(words, lang) for lang, words in own.items()}
        super().__init__(data={} if request.method == "POST" else kept)

    def validate_ar(self, field: TextAreaField) -> None:
        _check(self.wording, "ar", field)

    def validate_en(self, field: TextAreaField) -> None:
        _check(self.wording, "en", field)

    @property
    def words(self) -> dict[str, str]:
        return {lang: _kept(self.wording, self[lang].data or "") for lang in LANGUAGES}


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index():
    own = message_texts.all_own()
    rows = [
        (wording, [(lang, *_standing(wording, lang, own)) for lang in LANGUAGES])
        for wording in WORDINGS.values()
    ]
    return render_template("message_texts/index.html", rows=rows)


@bp.route("/<string:wording>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(wording: str):
    one = _find(wording)
    form = TextForm(one)
    if form.carry_out(lambda: _change(one, form.words)):
        flash(_("Saved. It holds from the next message on"), "done")
        return redirect(url_for(".index", _anchor=wording), 303)
    page = render_template(
        "message_texts/edit.html",
        wording=one,
        form=form,
        sides=[_side(one, lang, form) for lang in LANGUAGES],
        places=[(PLACES[name], name in one.said().needs) for name in one.places],
        names={lang: _names(one, lang) for lang in LANGUAGES},
    )
    return page, form.status


@bp.post("/<string:wording>/preview")
@requires(Permission.MANAGE_PEOPLE)
def preview(wording: str):
    """What the words typed so far would say; keeps nothing."""
    said = _preview(_find(wording), _language(), request.form.get("words", ""))
    return render_template("message_texts/_preview.html", said=said)


@bp.post("/<string:wording>/removal")
@requires(Permission.MANAGE_PEOPLE)
def remove(wording: str):
    """Back to the built-in text, in one language."""
    _change(_find(wording), {_language(): ""})
    flash(_("The built-in text holds again"), "done")
    return redirect(url_for(".edit", wording=wording), 303)


def _find(key: str) -> Wording:
    if key not in WORDINGS:
        raise NotFound("message_text")
    return WORDINGS[key]


def _language() -> str:
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)  # no form of ours sends that
    return language


def _change(wording: Wording, words: dict[str, str]) -> list[str]:
    return message_texts.change(
        wording.key,
        words,
        allowed=wording.places,
        needed=wording.said().needs,
        by=current_user.id,
        now=clock.now(),
    )


# --- what was typed ------------------------------------------------------------------------


def _kept(wording: Wording, typed: str) -> str:
    """As it is kept; Problems `text_too_long` and `text_unreadable`."""
    return clean_text(wording.kept(typed), LONGEST)


def _check(wording: Wording, language: str, field: TextAreaField) -> None:
    fault = _fault(wording, language, field.data or "")
    if fault:
        raise ValidationError(fault)


def _fault(wording: Wording, language: str, typed: str) -> str | None:
    """The sentence about the first thing wrong with these words, if any is."""
    try:
        if words := _kept(wording, typed):
            placeholders.check(words, wording.places, wording.said().needs)
    except Problem as problem:
        return errors.sentence(_named(problem, language))
    return None


def _named(problem: Problem, language: str) -> Problem:
    """Its places by the names that stand in the text's own language."""
    facts = dict(problem.facts)
    if "name" in facts:
        facts["name"] = _place(facts["name"], language)
    return Problem(problem.code, **facts)


def _place(name: str, language: str) -> str:
    with in_language(language):
        said = PLACES[name][0] if name in PLACES else name
        return isolate(f"{{{said}}}")


# --- what is shown -------------------------------------------------------------------------


def _standing(wording: Wording, language: str, own: message_texts.Texts) -> tuple[str, bool]:
    """The words that hold, and whether they are the organisation's own."""
    words = own.get((wording.key, language))
    if words is None:
        return wording.built_in(language), False
    return wording.shown(words, language), True


def _side(wording: Wording, language: str, form: TextForm) -> dict[str, Any]:
    return {
        "lang": language,
        "field": form[language],
        "built_in": wording.built_in(language),
        "is_own": message_texts.own(wording.key, language) is not None,
        "said": _preview(wording, language, form[language].data or ""),
    }


def _preview(wording: Wording, language: str, typed: str) -> dict[str, Any]:
    """How the message arrives and what it costs, or why it cannot be sent like that."""
    fault = _fault(wording, language, typed)
    if fault:
        return {"fault": fault}
    text = wording.example(language, _kept(wording, typed) or None)
    return {"lang": language, "text": text, "cost": sms.cost(text), "is_ours": not typed.strip()}


def _names(wording: Wording, language: str) -> list[str]:
    """The places as they are typed in this language."""
    with in_language(language):
        return [f"{{{PLACES[name][0]}}}" for name in wording.places]
