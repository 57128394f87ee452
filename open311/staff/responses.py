"""Response templates on the page of a request, filled with its values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from open311.mail.markup import fill_plain
from open311.queries.city import City
from open311.queries.routing.stored import Routed
from open311.web.catalog_words import CatalogWords
from open311.web.parameters import first
from open311.web.response_words import in_order, values_of
from schemas.base import Values
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.statuses import CLOSED_STATUSES


@dataclass(frozen=True)
class Response:
    """A choice of the page: a template in a language, filled in.

    value names it in forms. language is that of the public note, empty if there is none.
    """

    value: str
    label: str
    language: str
    status: str
    note: str
    internal_note: str
    asks: bool

    @property
    def action(self) -> str:
        """The action whose form offers it."""
        if self.asks:
            return "wait"
        if not self.status:
            return "note"
        return "close" if self.status in CLOSED_STATUSES else "status"


def list_choices(
    known: City,
    shown: Mapping[str, Any],
    routed: Routed,
    templates: Sequence[Any],
    requester: str | None,
) -> list[Response]:
    """List templates with the values of a request, each in the language of the requester first.

    shown are the values of RESPONSE_COLUMNS, and templates rows of select_responses.
    """
    own, order = CatalogWords(known, "").own_language, in_order(known, requester)
    values = {one: values_of(known, shown, routed.department_id, one) for one in order}
    choices = []
    for one in templates:
        languages = [language for language in order if language in one.notes]
        for language in languages or [""]:
            words = values[language or own]
            several = len(languages) > 1
            choices.append(
                Response(
                    value=f"{one.id}:{language}",
                    label=f"{one.name} ({LANGUAGES[language]})" if several else one.name,
                    language=language,
                    status=one.detailed_status or "",
                    note=fill_plain(one.notes[language], words) if language else "",
                    internal_note=fill_plain(one.internal_note, words),
                    asks=one.asks,
                )
            )
    return choices


def fill_in(values: Values, choices: Sequence[Response]) -> Values:
    """Return a form with the chosen template in it, as the script of the page fills it in.

    What someone has typed stays, and the template follows it.
    """
    chosen = first(values, "response")
    one = next((choice for choice in choices if choice.value == chosen), None)
    if one is None:
        return values
    public = _joined(first(values, "status_notes"), one.note, {other.note for other in choices})
    own = {other.internal_note for other in choices}
    filled = {
        "status": one.status or first(values, "status") or "",
        "status_notes": public,
        **{
            name: _joined(first(values, name), one.internal_note, own)
            for name in ("internal_note", "text")
        },
    }
    # Only the fields of the form that was sent: others of the page have the same names.
    return {**values, **{name: [text] for name, text in filled.items() if name in values}}


def _joined(typed: str | None, new: str, filled: set[str]) -> str:
    is_own = typed is not None and typed.replace("\r\n", "\n") not in filled
    return "\n".join(filter(None, (typed if is_own else "", new)))
