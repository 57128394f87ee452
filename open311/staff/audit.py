"""The audit for administrators: who changed what, and when; as a page and as a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from flask import Response, request, stream_with_context, url_for
from flask_login import login_required

from open311.csv_cells import harmless
from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.queries.people.audit import PAGE, AuditCriteria, AuditInfo, list_entries, walk_entries
from open311.staff.audit_wording import (
    SUBJECTS,
    actor_name,
    changes,
    sentence,
    subject_names,
)
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.web.parameters import parse, sent_values
from schemas.search.audit import AuditSchema

blueprint = staff_pages("staff_audit", "/staff/city/audit", administrators_only)

FILTERS = ("who", "subject", "since", "until", "words")

COLUMNS = ("time", "who", "kind_of_actor", "sentence", "table", "row", "action", "changes")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str | tuple[str, int]:
    """List entries, newest first: those that all filters find, and those before one of them."""
    try:
        asked = _asked()
    except Open311Error as error:
        return _index({}, [], error.problems), 400
    here = city().jurisdiction_id
    return _index(asked, list_entries(here, _criteria(asked), asked["before"]))


@blueprint.get("/audit.csv")
@login_required  # type: ignore[untyped-decorator]
def export() -> Response | tuple[str, int]:
    """Return all entries that the filters find, with times in the zone of the city."""
    try:
        asked = _asked()
    except Open311Error as error:
        return _index({}, [], error.problems), 400
    zone = city().zone
    found = walk_entries(city().jurisdiction_id, _criteria(asked))
    rows = (_row(one, f"{one.made_at.astimezone(zone):%F %T}") for one in found)
    response = Response(stream_with_context(_csv(rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    return response


def _asked() -> dict[str, Any]:
    return parse(AuditSchema(tuple(SUBJECTS), city().zone), sent_values())


def _criteria(asked: Mapping[str, Any]) -> AuditCriteria:
    return AuditCriteria(**{name: asked[name] for name in FILTERS})


def _index(
    asked: Mapping[str, Any], entries: Sequence[AuditInfo], problems: Sequence[Problem] = ()
) -> str:
    typed: dict[str, Any] = {name: value for name in FILTERS if (value := request.args.get(name))}
    oldest = entries[-1].id if len(entries) == PAGE else None
    return page(
        "audit.html",
        city(),
        problems=problems,
        entries=entries,
        typed=typed,
        subjects=subject_names(),
        sentence=sentence,
        changes=changes,
        is_first=not asked.get("before"),
        older=oldest and url_for(".index", **typed, before=oldest),
        file=url_for(".export", **typed),
    )


def _row(entry: AuditInfo, moment: str) -> list[object]:
    all_changes = [
        f"{one.label}: {one.before or '-'} → {one.after or '-'}"
        for one in changes(entry, is_whole=True)
    ]
    return [
        moment,
        actor_name(entry),
        entry.actor_kind,
        sentence(entry),
        entry.subject,
        entry.subject_name,
        entry.action,
        "\n".join(all_changes),
    ]


def _csv(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a file with a byte order mark, so that spreadsheets read it as UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    yield "\ufeff"
    for cells in chain([COLUMNS], rows):
        writer.writerow([harmless(cell) for cell in cells])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
