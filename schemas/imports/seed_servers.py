"""Rows of the files about other servers in a seed folder."""

from typing import Any

from marshmallow import fields, validate, validates_schema

from schemas.catalog.server_form import CODE
from schemas.errors import Invalid
from schemas.fields import Choice, Flag, Text
from schemas.imports.seed_rows import RowSchema
from schemas.vocabulary.forwarding import LONGEST_POLL_MINUTES
from schemas.vocabulary.statuses import DETAILED_STATUSES

SERVICE, ANSWER, STATUS = "service", "answer", "status"


class ServerRow(RowSchema):
    """A row of servers.csv: another server. Its API key is in no file."""

    server = Text(50, required=True, validate=CODE)
    name = Text(200, required=True)
    url = Text(
        1000,
        required=True,
        validate=validate.Regexp(r"https?://\S+[^/\s]\Z", error="seed.server_url"),
    )
    jurisdiction_id = Text(200, load_default="")
    sends_photos = Flag(load_default=False)
    poll_minutes = fields.Integer(
        load_default=15,
        validate=validate.Range(min=1, max=LONGEST_POLL_MINUTES, error="server.minutes"),
        error_messages={"invalid": "server.minutes"},
    )


class ServerWordRow(RowSchema):
    """A row of server_words.csv: what another server calls a service, an answer, or a status."""

    server = Text(50, required=True)
    kind = Choice((SERVICE, ANSWER, STATUS), required=True)
    ours = Text(200, required=True)
    theirs = Text(200, required=True)

    @validates_schema
    def check_status(self, row: dict[str, Any], **_: Any) -> None:
        """Reject an unknown status of ours."""
        if row["kind"] == STATUS and row["ours"] not in DETAILED_STATUSES:
            raise Invalid("server.status", "ours", word=row["ours"])
