"""Marking texts of tables for translation."""


def N_(text: str) -> str:  # noqa: N802 -- the name that gettext tools look for
    """Return a text as it is: where it is shown, it is looked up in the reader's language."""
    return text
