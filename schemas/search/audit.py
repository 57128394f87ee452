"""Filters of the audit."""

from datetime import tzinfo

from schemas.base import SearchSchema
from schemas.fields import Choice, Text, W3CDateTime
from schemas.search.fields import WholeNumber


class AuditSchema(SearchSchema):
    """Who, what, from, to, and words; before is the id of an entry.

    subjects are the choices of what, and dates are days in zone.
    """

    who = Text(100, load_default="")
    subject = Choice((), load_default=None)
    since = W3CDateTime(load_default=None)
    until = W3CDateTime(last_moment=True, load_default=None)
    words = Text(100, load_default="")
    before = WholeNumber(1, load_default=None)

    def __init__(self, subjects: tuple[str, ...], zone: tzinfo) -> None:
        super().__init__()
        for field in self.fields.values():
            if isinstance(field, Choice):
                field.keys = subjects
            if isinstance(field, W3CDateTime):
                field.zone = zone
