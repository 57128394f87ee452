"""Response templates: what staff fill in with one choice, with placeholders as in emails."""

NAME_LIMIT, NOTE_LIMIT, INTERNAL_LIMIT = 100, 2000, 4000
"""Characters of a name, of a public note in one language, and of an internal note."""

RESPONSE_PLACEHOLDERS = ("city", "id", "service", "place", "department", "date", "due_date")
"""Placeholders of notes, with the meaning that they have in emails (PLACEHOLDERS)."""
