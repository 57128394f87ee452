"""The base map and the aerial photos, as administrators set them."""

import logging
from collections.abc import Sequence
from typing import IO, Any

from flask import current_app, request, url_for
from flask_babel import format_percent
from flask_login import current_user, login_required

from geo.errors import InvalidFile
from geo.maps.tile_archives import TileArchive, read_archive
from open311.database import end_reads
from open311.errors import InvalidParameters
from open311.media.store import new_archive_name
from open311.messages.base_map import (
    BASE_MAP_ELSEWHERE,
    BASE_MAP_FILE_REQUIRED,
    BASE_MAP_NOT_STORED,
)
from open311.messages.problem import Problem
from open311.operations.maps.base_map import change_base_map
from open311.queries.maps.base_map import SERVERS, BaseMapInfo
from open311.staff.catalog import PageResponse, act, row_of, typed
from open311.staff.pages import administrators_only, city, city_snapshot, page, staff_pages
from open311.web.base_map import aerial_photos
from open311.web.languages import say as _
from open311.web.large_files import large_file, take_large_file
from open311.web.sent_media import media_store
from open311.web.sessions import signed_in
from schemas.maps.base_map import BaseMapForm
from schemas.vocabulary.marking import N_

log = logging.getLogger(__name__)

_FIELDS = ("address", "origins", "attribution", "aerial_tiles", "aerial_attribution")
_LABELS = {
    "address": N_("Address of a style or a PMTiles file"),
    "origins": N_("Other servers that the style loads from"),
    "attribution": N_("Attribution of the base map"),
    "aerial_tiles": N_("Address of the tiles"),
    "aerial_attribution": N_("Attribution of the aerial photos"),
}


def take_archive() -> None:
    """Read an upload of a signed-in person; others are refused as usual."""
    someone = signed_in(current_user)
    if request.endpoint != "staff_base_map_settings.upload" or someone is None:
        return
    limits = ("OPEN311_MAX_BASE_MAP_BYTES", "OPEN311_MAX_BODY_BYTES")
    take_large_file(sum(current_app.config[name] for name in limits))


blueprint = staff_pages(
    "staff_base_map_settings", "/staff/city/base-map", administrators_only, take_archive
)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    return _show()


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def save() -> PageResponse:
    """Store the addresses and attributions; an address takes the place of an uploaded file."""

    def do() -> str:
        _change(row_of(BaseMapForm(), _FIELDS, _LABELS))
        return _("Saved.")

    return act(do, url_for(".show"), _show)


@blueprint.post("/file")
@login_required  # type: ignore[untyped-decorator]
def upload() -> PageResponse:
    """Check an uploaded PMTiles file, and use it from then on."""
    return act(_upload, url_for(".show"), _show)


@blueprint.post("/remove")
@login_required  # type: ignore[untyped-decorator]
def remove() -> PageResponse:
    """Return to the base map of the settings."""

    def do() -> str:
        _change({"address": "", "file": None, "origins": [], "attribution": ""})
        return _("The base map of your city was removed.")

    return act(do, url_for(".show"), _show)


def _upload() -> str:
    file, size = large_file()
    if not size:
        raise InvalidParameters(BASE_MAP_FILE_REQUIRED, field="file")
    try:
        archive = read_archive(file, size)
    except InvalidFile as error:
        raise InvalidParameters.of([Problem.of(error)]) from None
    share = _share_of_city(archive)
    if not share:
        west, south, east, north = (f"{one:.4f}" for one in archive.bounds)
        raise InvalidParameters(
            BASE_MAP_ELSEWHERE, field="file", west=west, south=south, east=east, north=north
        )
    name = new_archive_name()
    _store(name, file)
    try:
        _change({"file": name})
    except Exception:
        _remove(name)
        raise
    kind = _("Vector tiles") if archive.is_vector else _("Pictures")
    return _(
        "Base map saved: %(kind)s, zoom %(first)s to %(last)s, %(share)s of the service area.",
        kind=kind,
        first=archive.min_zoom,
        last=archive.max_zoom,
        share=format_percent(share),
    )


def _share_of_city(archive: TileArchive) -> float:
    """Return the share of the service area that an archive covers; 1 without a service area."""
    area = city_snapshot().service_area
    return 1 if area is None else archive.share_of(area)


def _store(name: str, file: IO[bytes]) -> None:
    end_reads()  # the store may be another server
    file.seek(0)
    try:
        media_store().copy(name, file)
    except Exception as error:  # stores raise errors of their own libraries
        log.error("The base map could not be stored: %s.", type(error).__name__)
        _remove(name)
        raise InvalidParameters(BASE_MAP_NOT_STORED, field="file") from None


def _change(values: dict[str, Any]) -> None:
    """Change what the city set, and remove a file that it no longer uses."""
    former = change_base_map(city().jurisdiction_id, values)
    if former is not None:
        _remove(former)


def _remove(name: str) -> None:
    """Remove a file from the store, and never fail: the city no longer uses it."""
    try:
        media_store().remove([name])
    except Exception as error:  # stores raise errors of their own libraries
        log.error("The file %s could not be deleted: %s.", name, type(error).__name__)


def _show(problems: Sequence[Problem] = ()) -> str:
    known = city_snapshot()
    stored, settings = known.base_map, current_app.config
    area = known.service_area
    return page(
        "base_map.html",
        city(),
        problems=problems,
        stored=stored,
        archive=_stored_archive(stored),
        is_own=stored != SERVERS,
        server=settings["OPEN311_BASE_MAP"],
        aerial=aerial_photos(stored),
        typed=typed,
        most_bytes=settings["OPEN311_MAX_BASE_MAP_BYTES"],
        bounds="" if area is None else ",".join(f"{one:.4f}" for one in area.bounds),
    )


def _stored_archive(stored: BaseMapInfo) -> TileArchive | None:
    """Return what the uploaded file contains; None without one, or if it cannot be read."""
    if stored.file is None:
        return None
    end_reads()  # the store may be another server
    try:
        with media_store().open(stored.file) as file:
            return read_archive(file, file.seek(0, 2))
    except (OSError, InvalidFile):
        return None
