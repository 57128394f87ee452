"""The timeline of a service request in a resident's words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from open311.personal_data import ERASED
from open311.queries.residents.reports import ReportRows
from open311.web.catalog_words import CatalogWords
from open311.web.languages import say
from schemas.vocabulary import progress
from schemas.vocabulary.progress import PROGRESS
from schemas.vocabulary.statuses import CLOSED, OPEN
from schemas.vocabulary.steps import (
    ACKNOWLEDGED,
    APPROVED,
    FORWARDED,
    MOVED,
    ROUTING,
    SERVICE_CHANGED,
    TRANSFERRED,
)

Picture = tuple[str, str, str]
"""The link of a photo, its text for those who do not see it, and the link of its thumbnail."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the timeline; code is a key of PROGRESS. at is in UTC.

    sentence explains the code, and note is a public text of the city or of a resident. removed is
    the public reason why a text or photo is not shown.
    """

    code: str
    at: datetime
    sentence: str = ""
    note: str = ""
    photos: Sequence[Picture] = field(default=())
    removed: str = ""


Pictures = Mapping[tuple[str, int | None], Sequence[Picture]]
"""Photos by what they belong to: ("status", id of the change), or ("update", id)."""


def list_entries(
    words: CatalogWords, rows: ReportRows, pictures: Pictures, removed: Mapping[int, str]
) -> list[Entry]:
    """List the timeline, newest last. removed has reasons by the id of a received update."""
    entries = [*_steps(words, rows, pictures), *_comments(rows, pictures, removed)]
    return [entry for _order, entry in sorted(entries, key=lambda pair: pair[0])]


Ordered = tuple[tuple[bool, int], Entry]
"""An entry with its place in the sequence that steps and comments share; pending ones come last."""


def _steps(catalog: CatalogWords, rows: ReportRows, pictures: Pictures) -> Iterator[Ordered]:
    department = _first_department(rows)
    status, note = "", ""
    detailed = ""
    said_no = {one.status_change_id for one in rows.lists["feedback"] if one.answer == "no"}
    closing: int | None = None
    for step in rows.lists["steps"]:
        before, department = department, step.department_id or department
        shown = [
            *pictures.get(("status", step.id), ()),
            *(pictures.get(("update", step.update_id), ()) if step.update_id else ()),
        ]
        code = _code(step, status, detailed, note)
        if code is not None or shown:
            moved = department != before and code not in _OF_DEPARTMENT
            words = {
                "department": catalog.department_of(department),
                "before": catalog.department_of(before),
                "service": catalog.service_name(step.service_code or "", step.service_name or ""),
            }
            sentences = [sentence_of(code or progress.PHOTO, words)]
            if moved and code != progress.MOVED:
                sentences.append(sentence_of(progress.MOVED, words))
            if code == progress.REOPENED and closing in said_no:
                sentences.append(say("The requester says that it is not fixed."))
            yield (
                (False, step.id),
                Entry(
                    code=code or progress.PHOTO,
                    at=step.at,
                    sentence=" ".join(filter(None, sentences)),
                    **_note("" if step.status_notes == note else step.status_notes),
                    photos=shown,
                ),
            )
        if step.status == CLOSED != status:
            closing = step.id
        status, detailed, note = step.status, step.detailed_status, step.status_notes


def _note(text: str, removed: str = "") -> dict[str, str]:
    """Return a text, and why it is not shown, for Entry."""
    if text != ERASED:
        return {"note": text, "removed": removed}
    return {"note": "", "removed": " ".join(filter(None, (erased_text(), removed)))}


def erased_text() -> str:
    return say("The text was erased.")


def _first_department(rows: ReportRows) -> int:
    """Return the department that had the request in the beginning."""
    steps = rows.lists["departments"]
    first = steps[0].from_department_id if steps else rows.one.department_id
    return int(first)


def _code(step: Any, status: str, detailed: str, note: str) -> str | None:
    """Return what a step is in a resident's words; None if it says nothing new.

    status, detailed, and note are those before it.
    """
    if step.kind == ROUTING:
        return None
    if step.kind in _CODES:
        return _CODES[step.kind]
    if status == CLOSED and step.status == OPEN:
        return progress.REOPENED
    if step.detailed_status != detailed:
        return str(step.detailed_status)
    return progress.NOTE if step.status_notes not in ("", note) else None


_CODES: Mapping[str, str] = {
    APPROVED: progress.APPROVED,
    ACKNOWLEDGED: progress.ACKNOWLEDGED,
    TRANSFERRED: progress.MOVED,
    FORWARDED: progress.FORWARDED,
    MOVED: progress.PLACE,
    SERVICE_CHANGED: progress.SERVICE,
}


_OF_DEPARTMENT = (progress.ACKNOWLEDGED, progress.FORWARDED)
"""Codes whose sentence names the department of the step."""


def sentence_of(code: str, words: Mapping[str, str]) -> str:
    """Return the sentence of a code in the language of the page; empty without one."""
    sentence = PROGRESS[code].sentence
    return say(sentence, **words) if sentence else ""


def _comments(
    rows: ReportRows, pictures: Pictures, removed: Mapping[int, str]
) -> Iterable[Ordered]:
    for one in rows.lists["comments"]:
        pending = one.id is None
        shown = pictures.get(("update", one.update_id), ())
        sentences = []
        if one.own:
            sentences.append(say("From the requester."))
        if pending:
            sentences.append(say("Shown publicly after a look."))
        code = progress.NOTE if one.by_city else progress.COMMENT
        yield (
            (pending, one.update_id if pending else one.id),
            Entry(
                code=progress.PHOTO if shown and not one.description else code,
                at=one.at,
                sentence=" ".join(sentences),
                **_note(one.description, removed.get(one.update_id, "")),
                photos=shown,
            ),
        )
