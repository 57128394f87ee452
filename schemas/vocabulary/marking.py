"""The marker for texts in tables that need translation."""


def N_(text: str) -> str:  # noqa: N802 -- the name that gettext tools look for
    """Return a text unchanged; it is translated to the reader's language when displayed."""
    return text
