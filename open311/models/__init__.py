"""The tables. Importing this package makes all of them known to the metadata."""

from open311.models.api_key import ApiKey
from open311.models.boundary import Boundary, BoundaryLayer, BoundarySet
from open311.models.department import Department
from open311.models.imported import FormerId, ImportProgress
from open311.models.jurisdiction import Jurisdiction
from open311.models.media import Media
from open311.models.receipt import Receipt
from open311.models.received_update import ReceivedUpdate, UpdateReporter
from open311.models.reporter import Reporter
from open311.models.routing_rule import RoutingRule
from open311.models.searchable_words import SEARCHABLE_WORDS
from open311.models.service import AttributeValue, Service, ServiceAttribute
from open311.models.service_request import (
    ServiceRequest,
    ServiceRequestBoundary,
    StatusChange,
    service_request_numbers,
)

__all__ = [
    "SEARCHABLE_WORDS",
    "ApiKey",
    "AttributeValue",
    "Boundary",
    "BoundaryLayer",
    "BoundarySet",
    "Department",
    "FormerId",
    "ImportProgress",
    "Jurisdiction",
    "Media",
    "Receipt",
    "ReceivedUpdate",
    "Reporter",
    "RoutingRule",
    "Service",
    "ServiceAttribute",
    "ServiceRequest",
    "ServiceRequestBoundary",
    "StatusChange",
    "UpdateReporter",
    "service_request_numbers",
]
