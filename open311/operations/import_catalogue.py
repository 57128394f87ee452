"""Services of another server, added to the catalogue; those that are there stay as they are."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_if_new

from open311.database import db
from open311.models import AttributeValue, Service, ServiceAttribute
from open311.operations.imported import ImportedAttribute, ImportedService
from open311.operations.move_changeset import move_changeset


def import_catalogue(jurisdiction_id: str, services: Sequence[ImportedService]) -> list[str]:
    """Add the services whose code is new, with their questions; give the codes that were added.

    They are of type realtime, so that what is imported and reported has a public id.
    """
    added = [
        str(service.columns["service_code"])
        for service in services
        if _add_service(jurisdiction_id, service)
    ]
    if added:
        move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))
    db.session.commit()
    return added


def _add_service(jurisdiction_id: str, service: ImportedService) -> bool:
    statement = (
        insert_if_new(Service)
        .values(
            jurisdiction_id=jurisdiction_id,
            type="realtime",
            service_notice="",
            active=True,
            **service.columns,
        )
        .on_conflict_do_nothing(index_elements=["jurisdiction_id", "service_code"])
        .returning(Service.id)
    )
    service_id = db.session.execute(statement).scalar_one_or_none()
    if service_id is None:
        return False
    for attribute in service.attributes:
        _add_attribute(service_id, attribute)
    return True


def _add_attribute(service_id: int, attribute: ImportedAttribute) -> None:
    statement = insert(ServiceAttribute).values(service_id=service_id, **attribute.columns)
    id_ = db.session.execute(statement.returning(ServiceAttribute.id)).scalar_one()
    values = [
        {"attribute_id": id_, "key": key, "name": name, "position": position}
        for position, (key, name) in enumerate(attribute.values, start=1)
    ]
    if values:
        db.session.execute(insert(AttributeValue), values)
