"""Rules that hold the publication of a report, never the work on it."""

HOLD_RULES = (
    *("link", "email", "phone", "word", "same_text", "same_photo", "same_form", "many"),
    *("no_proof", "look_first", "honeypot", "too_fast"),
)
"""Codes: what was seen in the text or about its sending.

same_text and same_photo were sent three times in a day, same_form is a form without proof of work
that was sent before, many is the fifth report of an address in an hour, no_proof is a photo without
proof of work, look_first is a setting of the service, honeypot a filled-in hidden field, and
too_fast a form that was sent within three seconds.
"""

PUBLISHED, PUBLISHED_WITHOUT_PHOTO = "published", "published_without_photo"
HIDDEN, WITHDRAWN_AS_SPAM = "hidden", "withdrawn"

HOLD_OUTCOMES = (PUBLISHED, PUBLISHED_WITHOUT_PHOTO, HIDDEN, WITHDRAWN_AS_SPAM)
