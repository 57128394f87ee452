"""The tables. Importing this package makes all of them known to the metadata."""

from open311.models.address import AddressPoint, AddressRegister
from open311.models.api_key import ApiKey
from open311.models.boundary import Boundary, BoundaryLayer, BoundarySet
from open311.models.boundary_edge import BoundaryEdge
from open311.models.calendar import BusinessHours, Holiday
from open311.models.canary import Canary
from open311.models.department import Department
from open311.models.imported import FormerId, ImportProgress
from open311.models.jurisdiction import Jurisdiction
from open311.models.media import Media
from open311.models.receipt import Receipt
from open311.models.received_update import ReceivedUpdate, UpdateReporter
from open311.models.reporter import Reporter
from open311.models.routing_rule import RoutingRule
from open311.models.routing_step import CarryOver, RoutingStep
from open311.models.saved import SavedArea, SavedView
from open311.models.searchable_words import SEARCHABLE_WORDS
from open311.models.service import AttributeValue, Service, ServiceAttribute
from open311.models.service_request import ServiceRequest, service_request_numbers
from open311.models.service_request_boundary import ServiceRequestBoundary
from open311.models.status_change import StatusChange
from open311.models.triage import TriageEntry
from open311.models.user import User
from open311.models.work_step import WorkStep

__all__ = [
    "SEARCHABLE_WORDS",
    "AddressPoint",
    "AddressRegister",
    "ApiKey",
    "AttributeValue",
    "Boundary",
    "BoundaryEdge",
    "BoundaryLayer",
    "BoundarySet",
    "BusinessHours",
    "Canary",
    "CarryOver",
    "Department",
    "FormerId",
    "Holiday",
    "ImportProgress",
    "Jurisdiction",
    "Media",
    "Receipt",
    "ReceivedUpdate",
    "Reporter",
    "RoutingRule",
    "RoutingStep",
    "SavedArea",
    "SavedView",
    "Service",
    "ServiceAttribute",
    "ServiceRequest",
    "ServiceRequestBoundary",
    "StatusChange",
    "TriageEntry",
    "UpdateReporter",
    "User",
    "WorkStep",
    "service_request_numbers",
]
