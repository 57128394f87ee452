"""The languages of staff pages: one table for choosing, reading, and checking them."""

LANGUAGES = {"en": "English", "es": "Español"}
"""Names by codes; English is the language of the texts themselves."""
