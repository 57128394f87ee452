"""A test of the connection to another server: its discovery, its services, its updates."""

from datetime import UTC, datetime, timedelta

from open311.errors import InvalidParameters, SourceFailed
from open311.forwarding.following import list_updates
from open311.forwarding.reach import Unreachable, is_callable, session_for, source_of
from open311.georeport_source.catalog import list_services
from open311.georeport_source.documents import Unreadable, text_of
from open311.georeport_source.endpoint import find_endpoint
from open311.georeport_source.fetch import RemoteServer
from open311.queries.forwarding.endpoints import Endpoint
from open311.steps.values.forwarding import Checked
from schemas.fields import w3c

SECONDS = 10
"""Limit for each answer of the test, for which a person waits."""


def check_endpoint(endpoint: Endpoint) -> Checked:
    """Read what another server offers, without sending anything to it.

    Raises Unreachable with a sentence if it is no GeoReport server, or does not answer.
    """
    try:
        with session_for(endpoint.url) as session:
            source = source_of(session, endpoint, SECONDS)
            find_endpoint(source)
            if not is_callable(source.endpoint):
                raise Unreachable(
                    "its discovery names an address that does not begin with https://"
                )
            entries = source.read("services", list_services)
            format = source.formats[0]
            return Checked(
                url=source.endpoint,
                format=format,
                has_updates=_has_updates(source),
                services=[
                    (text_of(one, "service_code"), text_of(one, "service_name"))
                    for one in entries
                    if text_of(one, "service_code")
                ],
            )
    except (SourceFailed, Unreadable) as error:
        raise Unreachable(str(error)) from None
    except InvalidParameters:
        raise Unreachable("its discovery names an address that is not one") from None


def _has_updates(source: RemoteServer) -> bool:
    """Return whether it lists updates: those of the last minute, which may be none."""
    now = datetime.now(UTC)
    window = {"start_date": w3c(now - timedelta(minutes=1)), "end_date": w3c(now)}
    try:
        source.read("servicerequestupdates", list_updates, window)
    except (SourceFailed, Unreadable):
        return False
    return True
