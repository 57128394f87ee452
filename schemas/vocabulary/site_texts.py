"""Texts of a city's website, and which texts of the catalog can be translated."""

SITE_TEXTS = ("welcome", "emergency", "hours", "closed", "about", "privacy", "accessibility")
"""Keys of a city's own texts; each has a supplied draft.

welcome is the sentence under the title, emergency what is no matter for this form, hours when the
phone is answered, and closed why reporting is closed. The others are pages.
"""

TRANSLATED = {
    "service": ("name", "description", "group", "keywords", "service_notice", "urgent_text"),
    "question": ("description", "datatype_description"),
    "answer": ("name",),
    "department": ("name",),
    "rule": ("public_reason",),
}
"""Translated fields of the catalog, by the kind of row."""
