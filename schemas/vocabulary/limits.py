"""Lengths of texts, for validation and storage."""

DESCRIPTION_LIMIT = 4000
"""Characters, as set by the standard."""
