"""What staff and reporters can hide or change, so that the public no longer sees it."""

from schemas.vocabulary.marking import N_

MODERATION_TARGETS = ("description", "photo", "comment")

HIDDEN, REDACTED = "hidden", "redacted"
MODERATION_KINDS = (HIDDEN, REDACTED)

MODERATION_REASONS = (
    N_("Personal data removed"),
    N_("A face or a license plate is covered"),
    N_("An insult or an accusation is removed"),
    N_("Advertising is removed"),
)
"""Public reasons that staff choose from. Stored in English, they are the keys of translations."""
