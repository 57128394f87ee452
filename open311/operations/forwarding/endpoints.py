"""Changes of the endpoints of other servers by administrators."""

from sqlalchemy import update

from open311.database import db
from open311.errors import InvalidParameters
from open311.messages.forwarding import SERVER_WITHOUT_KEY
from open311.models import ForeignEndpoint
from open311.operations.transaction import operation
from open311.queries.forwarding.endpoints import get_endpoint
from open311.steps.forwarding.endpoints import store_endpoint
from open311.steps.values.forwarding import Checked, EndpointValues
from schemas.vocabulary.forwarding import OFF, ON


@operation
def save_endpoint(jurisdiction_id: str, values: EndpointValues) -> None:
    """Add an endpoint, which is off at first, or change the one with the same code.

    Raises NotFound for an unknown department, and InvalidParameters for an unknown API key.
    """
    store_endpoint(jurisdiction_id, values)


@operation
def set_key(jurisdiction_id: str, code: str, encrypted_key: bytes) -> None:
    """Replace our API key at an endpoint; raises NotFound."""
    _change(get_endpoint(jurisdiction_id, code).endpoint.id, encrypted_key=encrypted_key)


@operation
def turn(jurisdiction_id: str, code: str, *, on: bool) -> None:
    """Turn an endpoint on or off.

    While it is off, its departments forward nothing, and nothing is sent or followed. Raises
    NotFound, and InvalidParameters without an API key.
    """
    endpoint = get_endpoint(jurisdiction_id, code).endpoint
    if on and endpoint.encrypted_key is None:
        raise InvalidParameters(SERVER_WITHOUT_KEY, field="api_key", code=code)
    _change(endpoint.id, state=ON if on else OFF)


@operation
def store_checked(endpoint_id: int, checked: Checked) -> None:
    """Store what a test of the connection has found out."""
    _change(
        endpoint_id,
        url=checked.url,
        format=checked.format,
        has_updates=checked.has_updates,
        failure="",
    )


def _change(endpoint_id: int, **columns: object) -> None:
    statement = update(ForeignEndpoint).where(ForeignEndpoint.id == endpoint_id)
    db.session.execute(statement.values(**columns))
