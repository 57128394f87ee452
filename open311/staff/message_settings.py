"""Which emails a city sends, and whose texts they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, url_for
from flask_login import login_required

from open311.messages.problem import Problem
from open311.operations.telling.texts import change_message_settings
from open311.queries.residents.site import find_site
from open311.queries.telling.texts import (
    KindSetting,
    TextVersion,
    list_newest,
    read_settings,
)
from open311.staff.catalog import PageResponse, act, typed
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.web.languages import say as _
from open311.web.parameters import parse, sent_values
from schemas.telling import MessageSettingsForm
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.message_texts import ALWAYS_SENT, DELAY_LIMIT, TEMPLATE_KINDS
from schemas.vocabulary.telling import STATUS

blueprint = staff_pages("staff_message_settings", "/staff/city/messages", administrators_only)


@dataclass(frozen=True)
class KindRow:
    """A kind of emails: whether it is sent, and the newest version of each text, by language.

    missing are the languages of the website that have the built-in text while another has one of
    the city.
    """

    kind: str
    is_on: bool
    can_be_off: bool
    texts: Sequence[tuple[str, TextVersion | None]]
    missing: Sequence[str]


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    return _index()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def save() -> PageResponse:
    """Store which kinds are sent, and how long statuses are collected."""

    def do() -> str:
        sent = parse(MessageSettingsForm(), sent_values())
        settings = {
            kind: KindSetting(
                is_on=kind in ALWAYS_SENT or kind in sent["on"],
                delay_minutes=sent["delay_minutes"] if kind == STATUS else None,
            )
            for kind in TEMPLATE_KINDS
        }
        change_message_settings(city().jurisdiction_id, settings)
        return _("Saved.")

    return act(do, url_for(".index"), _index)


def _index(problems: Sequence[Problem] = ()) -> str:
    jurisdiction = city()
    here = jurisdiction.jurisdiction_id
    settings = read_settings(here)
    site = find_site(here)
    return page(
        "message_settings.html",
        jurisdiction,
        problems=problems,
        rows=_rows(here, settings, site.languages if site else tuple(LANGUAGES)),
        delay=settings[STATUS].delay_minutes,
        limit=DELAY_LIMIT,
        is_on=current_app.config["OPEN311_MAIL"] is not None,
        has_site=site is not None,
        typed=typed,
    )


def _rows(
    jurisdiction_id: str, settings: Mapping[str, KindSetting], languages: Sequence[str]
) -> list[KindRow]:
    newest = list_newest(jurisdiction_id)
    sent = sent_values()
    rows = []
    for kind in TEMPLATE_KINDS:
        texts = [(language, newest.get((kind, language))) for language in languages]
        own = {language for language, text in texts if text is not None and text.own}
        is_on = kind in sent.get("on", ()) if "delay_minutes" in sent else settings[kind].is_on
        missing = [language for language in languages if own and language not in own]
        rows.append(KindRow(kind, is_on, kind not in ALWAYS_SENT, texts, missing))
    return rows
