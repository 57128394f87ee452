"""Parameters of webhooks, for the API and for pages."""

from datetime import tzinfo
from typing import Any

from marshmallow import post_load

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import CommaSeparated, LocalDateTime, Text, says
from schemas.search.fields import WholeNumber
from schemas.vocabulary.webhooks import EVENTS, LONGEST_URL


class EndpointSchema(ParametersSchema):
    """A new endpoint: its address, its filters, and its events."""

    url = Text(
        LONGEST_URL,
        required=True,
        error_messages={"required": "webhook.url"},
        **says("HTTPS address that gets the messages, on port 443 or 8443."),
    )
    services = CommaSeparated(
        load_default=[], **says("Only requests for the services with these codes.")
    )
    department = Text(
        100, load_default="", **says("Only requests of the department with this code.")
    )
    boundary = Text(
        200,
        load_default="",
        **says("Only requests in this boundary, as layer:code.", example="ward:2"),
    )
    events = CommaSeparated(
        load_default=list(EVENTS),
        **says("Only these events: created, changed, closed, withdrawn."),
    )

    @post_load
    def split(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Check the events, and split the boundary into its layer and its code."""
        if not found["events"] or not set(found["events"]) <= set(EVENTS):
            raise Invalid("webhook.event_unknown", "events", known=EVENTS)
        layer, colon, code = found.pop("boundary").partition(":")
        if (colon and not (layer and code)) or (layer and not colon):
            raise Invalid("webhook.boundary_form", "boundary")
        return {**found, "boundary_layer": layer.strip(), "boundary_code": code.strip()}


class ReplaySchema(ParametersSchema):
    """Where a replay begins: after a number of change, or at a time."""

    after = WholeNumber(
        0, load_default=None, **says("Number of the last change that is not sent again.")
    )
    since = LocalDateTime(
        load_default=None, **says("Or the time of the first change that is sent again.")
    )

    def __init__(self, zone: tzinfo) -> None:
        """Set the zone of a time without one."""
        super().__init__()
        self.fields["since"].zone = zone  # type: ignore[attr-defined]

    @post_load
    def check_one(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Require exactly one of the two."""
        if (found["after"] is None) == (found["since"] is None):
            raise Invalid("webhook.replay_from", "after")
        return found
