"""Response templates: what staff fill in with one choice, with placeholders as in emails."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_
from schemas.vocabulary.message_texts import PLACEHOLDERS

QUESTION, INTERNAL = "question", "note"
"""What templates are for that set no status: a question for the requester, and an internal note."""

NAME_LIMIT, NOTE_LIMIT, INTERNAL_LIMIT = 100, 2000, 4000
"""Characters of a name, of a public note in one language, and of an internal note."""

RESPONSE_PLACEHOLDERS: Mapping[str, str] = {
    **{name: PLACEHOLDERS[name] for name in ("city", "id")},
    "service": N_("Name of the service"),
    **{name: PLACEHOLDERS[name] for name in ("place", "department", "date", "due_date")},
}
"""Placeholders of notes with their meaning: nothing that only staff may read."""
