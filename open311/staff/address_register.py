"""The city's address register: what it is, and the upload of a new one after a look at it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory

from flask import current_app, flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.addresses.files import AddressesRead, read_addresses
from geo.errors import InvalidFile
from open311.database import LONGEST_ON_A_PAGE, end_reads
from open311.errors import InvalidParameters, Open311Error
from open311.map_source.download import file_name
from open311.messages.maps import FILE_REQUIRED
from open311.messages.problem import Problem
from open311.operations.addresses import (
    AddressChanges,
    NewRegister,
    import_addresses,
    try_addresses,
)
from open311.queries.addresses import count_addresses, find_register
from open311.staff.boundary_layers import take_files
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.web.bodies import sent
from open311.web.languages import say as _
from open311.web.page_problems import page_sentence
from open311.web.parameters import first, parse, sent_values
from schemas.base import data_keys
from schemas.maps.forms import RegisterSchema

MOST_TOLD = 20
"""Maximum lines of one kind that the page lists."""

ACCEPTED = (".csv", ".txt", ".tsv", ".xlsx", ".ods")

log = logging.getLogger(__name__)

blueprint = staff_pages("staff_addresses", "/staff/city/addresses", administrators_only, take_files)


@dataclass(frozen=True)
class Seen:
    """What a file would change, with its addresses and a sentence about each skipped line."""

    file: str
    addresses: int
    skipped: Sequence[tuple[int, str]]
    changes: AddressChanges


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    return _page()


@blueprint.post("/check")
@login_required  # type: ignore[untyped-decorator]
def check() -> str | tuple[str, int]:
    """Show what a file would change, and store nothing."""
    try:
        seen = _with_file(try_addresses)
    except Open311Error as error:
        return _page(error.problems), 400
    return page("addresses_seen.html", city(), seen=seen, most=MOST_TOLD)


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def upload() -> Response | tuple[str, int]:
    """Import a file in place of the register."""
    try:
        seen = _with_file(import_addresses)
    except Open311Error as error:
        return _page(error.problems), 400
    log.info("Address register of %d imported by %r", seen.addresses, user().name)
    flash(_("Addresses imported."))
    return redirect(url_for("staff_addresses.index"), 303)


def _with_file(store: Callable[..., AddressChanges]) -> Seen:
    """Store the addresses of the file that was sent, or try to, as an operation does.

    Raises InvalidParameters and Conflict.
    """
    asked = parse(RegisterSchema(), sent_values())
    file = next((one for one in sent().files if one.parameter == "file" and one.content), None)
    if file is None:
        raise InvalidParameters(FILE_REQUIRED, field="file")
    jurisdiction = city()
    end_reads()  # a large file takes longer than a transaction may pause
    name = file_name(PureWindowsPath(file.file_name).name)
    read = _read(name, file.content)
    register = NewRegister(
        source=asked["source"].strip() or name,
        license=asked["license"],
        vintage=asked["vintage"],
        imported_by=user().name,
    )
    changes = store(jurisdiction, register, read.rows, LONGEST_ON_A_PAGE)
    skipped = [(line, page_sentence(Problem.of(one))) for line, one in read.left_out]
    return Seen(name, len(read.rows), skipped, changes)


def _read(name: str, content: bytes) -> AddressesRead:
    with TemporaryDirectory(prefix="open311-sent-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return read_addresses(path)
        except InvalidFile as error:
            raise InvalidParameters.of([replace(Problem.of(error), field="file")]) from None


def _page(problems: Sequence[Problem] = ()) -> str:
    jurisdiction, values = city(), sent_values()
    here = jurisdiction.jurisdiction_id
    typed: Mapping[str, str] = {
        name: first(values, name) or "" for name in data_keys(RegisterSchema())
    }
    return page(
        "addresses.html",
        jurisdiction,
        register=find_register(here),
        number=count_addresses(here),
        typed=typed,
        problems=problems,
        accepted=ACCEPTED,
        most_bytes=current_app.config["OPEN311_MAX_BOUNDARY_BYTES"],
    )
