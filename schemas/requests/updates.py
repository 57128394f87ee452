"""Parameters of GET and POST /servicerequestupdates (spec 5.6)."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from schemas.fields import CommaSeparated, Flag, LocalDateTime, Text, says
from schemas.requests.links import WebAddresses, WithLinksSchema
from schemas.requests.statuses import StatusOfUpdate
from schemas.search.request_filters import ExtensionsSchema
from schemas.search.windows import WindowSchema
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

UPDATE_REPORTER_FIELDS = ("title", "first_name", "last_name", "email", "phone", "account_id")
"""Fields about the author of an update: personal data, stored separately and never public."""


class UpdateFiltersSchema(WindowSchema, ExtensionsSchema):
    """The filters of the list of updates; start_date and end_date apply to the update's time."""

    service_request_id = CommaSeparated(
        load_default=[], **says("Only updates of these service requests.")
    )
    start_date = LocalDateTime(
        load_default=None,
        **says("Only updates made at this time or later; at most 90 days before end_date."),
    )
    end_date = LocalDateTime(
        load_default=None,
        last_moment=True,
        **says("Only updates made at this time or earlier; without dates, the last 90 days."),
    )

    extensions = Flag(
        load_default=True,
        **says("false reduces each status to open or closed, and leaves out extras."),
    )


class Id(Text):
    """An id from another system; surrounding blanks are ignored."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        return super()._deserialize(value, attr, data, **options).strip()


class UpdateSubmissionSchema(WithLinksSchema):
    """The parameters of an update, in the order of error messages. For zone, see LocalDateTime."""

    service_request_id = Id(
        200,
        required=True,
        error_messages={"required": "update.request_required"},
        **says("ID of the service request to update."),
    )
    update_id = Id(
        200,
        required=True,
        **says("ID of this update in the system that sends it."),
    )
    updated_datetime = LocalDateTime(
        required=True,
        **says("Time of the update."),
    )
    status = StatusOfUpdate(
        required=True,
        error_messages={"required": "update.status_required"},
        **says(
            "The status that the update claims; UNCHANGED claims none, and REOPEN means OPEN. It "
            "takes effect only if the key has the `status` right, the update is newer than the "
            "last change of the status, and the status differs from the current one. OPEN does "
            "not change another open status, and CLOSED does not change another closed one."
        ),
    )
    description = Text(
        DESCRIPTION_LIMIT,
        load_default="",
        **says("Text of the update, as plain text. Public."),
    )
    media_url = WebAddresses(2000, load_default=[], **says("URLs of photos. Public."))
    title = Text(100, load_default="", **says("About the author. Never public."))
    first_name = Text(200, load_default="", **says("About the author. Never public."))
    last_name = Text(200, load_default="", **says("About the author. Never public."))
    email = Text(320, load_default="", **says("About the author. Never public."))
    phone = Text(100, load_default="", **says("About the author. Never public."))
    account_id = Text(200, load_default="", **says("About the author. Never public."))

    def __init__(self, *, zone: tzinfo) -> None:
        super().__init__()
        self.fields["updated_datetime"].zone = zone  # type: ignore[attr-defined]
