"""The public reason for what was hidden or changed, in the language of the reader."""

from open311.web.languages import say
from schemas.vocabulary.moderation import MODERATION_REASONS


def moderation_reason(reason: str) -> str:
    """Return a reason: one of MODERATION_REASONS translated, and another one as it was typed."""
    return say(reason) if reason in MODERATION_REASONS else reason
