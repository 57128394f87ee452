"""What staff and reporters can hide or change, so that the public no longer sees it."""

MODERATION_TARGETS = ("description", "photo", "comment")

HIDDEN, REDACTED = "hidden", "redacted"
MODERATION_KINDS = (HIDDEN, REDACTED)
