"""Reads of services, their questions, and options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, any_, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from open311.database import db
from open311.errors import NotFound
from open311.messages.catalog import SERVICE_UNKNOWN
from open311.models import AttributeValue, Service, ServiceAttribute
from schemas.vocabulary.datatypes import SERVER_SET, WITH_OPTIONS, automated_by
from schemas.vocabulary.priorities import NORMAL


def in_city_order() -> list[Any]:
    """Return what the city's order of services sorts by: groups, services, and then their names."""
    first = func.min(Service.position).over(partition_by=[Service.jurisdiction_id, Service.group])
    own = Service.position.asc().nulls_last()
    return [first.nulls_last(), Service.group, own, Service.service_name, Service.service_code]


def list_services(jurisdiction_id: str, *, for_apps: bool = False) -> list[dict[str, Any]]:
    """List the active services, named as in the standard, in the city's order.

    For apps, they are by group and name, so that their copies do not differ in order alone.
    """
    by_name = (Service.group, Service.service_name, Service.service_code)
    has_attributes = exists().where(ServiceAttribute.service_id == Service.id)
    statement = (
        select(
            Service.service_code,
            Service.service_name,
            Service.description,
            has_attributes.label("metadata"),
            Service.type,
            Service.keywords,
            Service.group,
        )
        .where(Service.jurisdiction_id == jurisdiction_id, Service.active)
        .order_by(*(by_name if for_apps else in_city_order()))
    )
    rows = db.session.execute(statement).mappings()
    return [{**row, "keywords": keywords_of(row["keywords"], row["type"])} for row in rows]


PRIVATE = "private"
"""The keyword by which FixMyStreet keeps requests for a service from its public pages."""


def keywords_of(keywords: str, service_type: str) -> str:
    """Return the keywords of a service for clients, some of which split them without trimming."""
    words = [word.strip() for word in keywords.split(",")]
    private = [PRIVATE] if service_type == "blackbox" else []
    return ",".join(dict.fromkeys([*filter(None, words), *private]))


@dataclass(frozen=True)
class ServiceName:
    """The name of a service, by its id and its code."""

    id: int
    service_code: str
    service_name: str


def list_service_names(jurisdiction_id: str) -> list[ServiceName]:
    """List the names of all services by code, inactive ones included."""
    rows = db.session.execute(
        select(Service.id, Service.service_code, Service.service_name)
        .where(Service.jurisdiction_id == jurisdiction_id)
        .order_by(Service.service_code)
    )
    return [ServiceName(*row) for row in rows]


def find_service_ids(jurisdiction_id: str, service_codes: Sequence[str]) -> list[int]:
    """List the ids of services by code, inactive ones included; unknown codes are ignored."""
    known = any_(literal(list(service_codes), ARRAY(String)))
    statement = select(Service.id).where(
        Service.jurisdiction_id == jurisdiction_id, Service.service_code == known
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class ServiceInfo:
    """An active service, with its attributes as in the standard.

    What follows the attributes is for the residents' website, as in Service, and default_priority
    for staff.
    """

    id: int
    service_code: str
    group: str
    type: str
    expected_days: float | None
    service_notice: str
    attributes: list[dict[str, Any]]
    service_name: str = ""
    description: str = ""
    keywords: str = ""
    is_on_site: bool = True
    duplicate_meters: int = 50
    looked_at_first: bool = False
    urgent_text: str = ""
    urgent_phone: str = ""
    needs_contact: bool = False
    reopen_days: int | None = None
    default_priority: str = NORMAL


def get_service(jurisdiction_id: str, service_code: str) -> ServiceInfo:
    """Get an active service; raises NotFound."""
    [*found] = _list_active(jurisdiction_id, Service.service_code == service_code)
    if not found:
        raise service_unknown(service_code)
    return found[0]


def list_active_services(jurisdiction_id: str) -> list[ServiceInfo]:
    """List the active services with their attributes, by code."""
    return _list_active(jurisdiction_id)


def service_unknown(service_code: str) -> NotFound:
    return NotFound(SERVICE_UNKNOWN, field="service_code", code=service_code)


def _list_active(jurisdiction_id: str, *conditions: ColumnElement[bool]) -> list[ServiceInfo]:
    rows = db.session.execute(
        select(*_INFO)
        .where(Service.jurisdiction_id == jurisdiction_id, Service.active, *conditions)
        .order_by(Service.service_code)
    ).all()
    attributes = list_attributes([row.id for row in rows]) if rows else {}
    return [ServiceInfo(**row._mapping, attributes=attributes.get(row.id, [])) for row in rows]


_INFO: list[Any] = [
    getattr(Service, field.name) for field in fields(ServiceInfo) if field.name != "attributes"
]


def list_attributes(service_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """List the attributes of services in their order, by the id of the service."""
    statement = (
        select(
            ServiceAttribute.service_id,
            ServiceAttribute.variable,
            ServiceAttribute.code,
            ServiceAttribute.datatype,
            ServiceAttribute.required,
            ServiceAttribute.datatype_description,
            ServiceAttribute.order,
            ServiceAttribute.description,
            ServiceAttribute.automated,
            _values().label("values"),
        )
        .where(ServiceAttribute.service_id == any_(literal(list(service_ids), ARRAY(Integer))))
        .order_by(ServiceAttribute.service_id, ServiceAttribute.order)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in db.session.execute(statement).mappings():
        found.setdefault(row["service_id"], []).append(_attribute(row))
    return found


def _attribute(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return an attribute with what its type has: values of a list, and who automates it."""
    automated = automated_by(row["code"], row["automated"])
    unused = {"service_id"} if row["datatype"] in WITH_OPTIONS else {"service_id", "values"}
    unused |= set() if automated else {"automated"}
    required = row["required"] and automated != SERVER_SET
    shown = {**row, "automated": automated, "required": required}
    return {name: value for name, value in shown.items() if name not in unused}


def _values() -> ColumnElement[Any]:
    """Gather the options of an attribute, in the order in which they are shown."""
    option = func.json_build_object("key", AttributeValue.key, "name", AttributeValue.name)
    return (
        select(
            func.coalesce(
                func.json_agg(aggregate_order_by(option, AttributeValue.position)),
                func.json_build_array(),
            )
        )
        .where(AttributeValue.attribute_id == ServiceAttribute.id)
        .correlate(ServiceAttribute)
        .scalar_subquery()
    )
