"""Tags that someone enters, and what may be wrong with them."""

from collections.abc import Sequence

from open311.errors import InvalidParameters
from open311.messages.requests import TAG_TOO_LONG, TAGS_MISSING, TOO_MANY_TAGS
from schemas.vocabulary.tags import TAG_LIMIT, TAGS_LIMIT


def check_tags(names: Sequence[str]) -> None:
    """Raise InvalidParameters for no tags, too many, or one that is too long or has a comma."""
    if not names:
        raise InvalidParameters(TAGS_MISSING, field="tags")
    if any(len(name) > TAG_LIMIT or "," in name for name in names):
        raise InvalidParameters(TAG_TOO_LONG, field="tags", limit=TAG_LIMIT)
    if len(names) > TAGS_LIMIT:
        raise InvalidParameters(TOO_MANY_TAGS, field="tags", limit=TAGS_LIMIT)
