"""Messages about shift lists, and about actions that phones send later."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

SHIFT_FULL = Message(
    "shift.full",
    page=N_("A shift list has at most %(limit)s stops. Remove some first."),
)
STOP_UNKNOWN = Message(
    "shift.stop_unknown",
    page=N_("Request %(id)s is not on this shift list. Reload the page."),
)
SHIFT_OF_OTHERS = Message(
    "shift.of_others",
    page=N_("Only dispatchers and administrators can open the shift list of someone else."),
)
FIELD_FOR_WORKERS = Message(
    "shift.for_workers",
    page=N_("Only people who work on requests have a shift list."),
)
PLACE_REQUIRED = Message(
    "shift.place_required",
    page=N_("Enter a latitude and a longitude, or use your location."),
)
