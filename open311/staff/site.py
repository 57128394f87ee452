"""What a city sets of the residents' website."""

from collections.abc import Sequence
from typing import Any

from flask import Response, url_for
from flask_login import login_required

from open311.errors import InvalidParameters, NotFound
from open311.media.store import thumbnail_of
from open311.messages.problem import Problem
from open311.messages.residents import LOGO_MISSING, LOGO_NOT_STORED, NO_SITE, PAGE_UNKNOWN
from open311.operations.residents.site import change_site
from open311.queries.residents.site import SiteInfo, find_site
from open311.staff.catalog import PageResponse, act, checked, row_of, typed
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.staff.texts import sent_site_texts, site_text_fields
from open311.web.languages import say as _
from open311.web.parameters import first, sent_values
from open311.web.photo_files import photo_response
from open311.web.sent_media import stored_media
from open311.web.site import site_address
from schemas.catalog.site_form import SiteForm
from schemas.imports.seed_site import SiteRow
from schemas.vocabulary.marking import N_

blueprint = staff_pages("staff_site", "/staff/city/site", administrators_only)

_TEXTS = (
    *("color", "emergency_number", "phone", "embed_origins"),
    *("reports_per_hour", "reports_per_day", "hold_words"),
)
_FLAGS = ("takes_reports", "is_indexed")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """Show the settings and the texts; those of a new website if the city has none."""
    return _show()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def save() -> PageResponse:
    """Store the settings and the texts; a city without a website gets one."""

    def do() -> str:
        here = city().jurisdiction_id
        problems: list[Problem] = []
        settings: dict[str, Any] = {}
        try:
            settings = _sent_settings()
        except InvalidParameters as error:
            problems += error.problems
        texts, others = sent_site_texts(site_text_fields(find_site(here)))
        if problems or others:
            raise InvalidParameters.of([*problems, *others])
        change_site(here, settings, texts)
        return _("Saved.")

    return act(do, url_for(".show"), _show)


def _sent_settings() -> dict[str, Any]:
    values = sent_values()
    flags = {name: first(values, name) or "false" for name in _FLAGS}
    languages = "\n".join(values.get("languages", ()))
    return row_of(SiteForm(), _TEXTS, {"color": N_("Color")}, languages=languages, **flags)


@blueprint.post("/logo")
@login_required  # type: ignore[untyped-decorator]
def save_logo() -> PageResponse:
    """Replace the logo by the file that was sent, or remove it."""

    def do() -> str:
        here = city().jurisdiction_id
        _stored_site()
        if first(sent_values(), "remove"):
            change_site(here, {"logo": None})
            return _("Logo removed.")
        with stored_media(city()) as written:
            if not written.photos:
                wrong = LOGO_NOT_STORED if written.notice else LOGO_MISSING
                raise InvalidParameters(wrong, field="media")
            change_site(here, {"logo": written.photos[0].name})
        return _("Logo saved.")

    return act(do, url_for(".show"), _show)


@blueprint.get("/logo")
@login_required  # type: ignore[untyped-decorator]
def logo() -> Response:
    name = _stored_site().logo
    if name is None:
        raise NotFound(PAGE_UNKNOWN)
    return photo_response(thumbnail_of(name), "private, no-store")


def _stored_site() -> SiteInfo:
    found = find_site(city().jurisdiction_id)
    if found is None:
        raise NotFound(NO_SITE)
    return found


def _show(problems: Sequence[Problem] = ()) -> str:
    stored = find_site(city().jurisdiction_id)
    return page(
        "site.html",
        city(),
        problems=problems,
        stored=stored or SiteRow().load({}),
        exists=stored is not None,
        website=site_address(stored) if stored else "",
        texts=site_text_fields(stored),
        typed=typed,
        typed_list=lambda name, usual: sent_values().get(name, usual),
        checked=checked,
    )
