"""Database tables. Importing this package registers all of them in the metadata."""

from open311.models.addresses import AddressPoint, AddressRegister
from open311.models.alerts import Alert, AlertClock, AlertItem
from open311.models.audit import AuditEntry
from open311.models.base_map import BaseMap
from open311.models.bulk import BulkChange, BulkItem
from open311.models.catalog import AttributeValue, Department, Service, ServiceAttribute
from open311.models.contacts import Contact, Subscription
from open311.models.forwarding import ForeignEndpoint, ForeignUpdate, Forwarding
from open311.models.grid import request_grid, request_grid_log
from open311.models.history import (
    ReceivedUpdate,
    StatusChange,
    TriageEntry,
    UpdateReporter,
    WorkStep,
)
from open311.models.imports import FormerId, ImportProgress
from open311.models.incoming import IncomingMail
from open311.models.insights import (
    FigureDay,
    FigureState,
    KeptPlaces,
    PublishedReport,
    RequestFact,
)
from open311.models.jurisdiction import CityVersion, Jurisdiction
from open311.models.maps import Boundary, BoundaryEdge, BoundaryLayer, BoundarySet
from open311.models.media import Media, NotePhoto
from open311.models.message_texts import MessageSetting, MessageTemplate
from open311.models.notices import MessageItem, NoticeClock, StaffTelling, UserLink
from open311.models.open_data import DataFile
from open311.models.people import ApiKey, User, UserSession
from open311.models.receipts import Receipt
from open311.models.request_places import ServiceRequestBoundary
from open311.models.requests import (
    DUE_OR_NEVER,
    SEARCHABLE_WORDS,
    Reporter,
    ServiceRequest,
    service_request_numbers,
)
from open311.models.residents import (
    Capability,
    Feedback,
    Flag,
    Hold,
    Moderation,
    ReportDraft,
    SiteReport,
    SpentChallenge,
    Support,
)
from open311.models.responses import ResponseNote, ResponseService, ResponseTemplate
from open311.models.retention import Erasure, LegalHold, RetentionRule, UnloggedErasure
from open311.models.routing import (
    BusinessHours,
    Canary,
    CarriedRule,
    CarryOver,
    Holiday,
    RoutingRule,
    RoutingStep,
)
from open311.models.saved import SavedArea, SavedView, ViewLink
from open311.models.shifts import ShiftStop, StaffReceipt
from open311.models.site import CatalogText, Site, SiteText
from open311.models.tags import RequestTag, Tag
from open311.models.telling import Message, Telling
from open311.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "DUE_OR_NEVER",
    "SEARCHABLE_WORDS",
    "AddressPoint",
    "AddressRegister",
    "Alert",
    "AlertClock",
    "AlertItem",
    "ApiKey",
    "AttributeValue",
    "AuditEntry",
    "BaseMap",
    "Boundary",
    "BoundaryEdge",
    "BoundaryLayer",
    "BoundarySet",
    "BulkChange",
    "BulkItem",
    "BusinessHours",
    "Canary",
    "Capability",
    "CarriedRule",
    "CarryOver",
    "CatalogText",
    "CityVersion",
    "Contact",
    "DataFile",
    "Department",
    "Erasure",
    "Feedback",
    "FigureDay",
    "FigureState",
    "Flag",
    "ForeignEndpoint",
    "ForeignUpdate",
    "FormerId",
    "Forwarding",
    "Hold",
    "Holiday",
    "ImportProgress",
    "IncomingMail",
    "Jurisdiction",
    "KeptPlaces",
    "LegalHold",
    "Media",
    "Message",
    "MessageItem",
    "MessageSetting",
    "MessageTemplate",
    "Moderation",
    "NotePhoto",
    "NoticeClock",
    "PublishedReport",
    "Receipt",
    "ReceivedUpdate",
    "ReportDraft",
    "Reporter",
    "RequestFact",
    "RequestTag",
    "ResponseNote",
    "ResponseService",
    "ResponseTemplate",
    "RetentionRule",
    "RoutingRule",
    "RoutingStep",
    "SavedArea",
    "SavedView",
    "Service",
    "ServiceAttribute",
    "ServiceRequest",
    "ServiceRequestBoundary",
    "ShiftStop",
    "Site",
    "SiteReport",
    "SiteText",
    "SpentChallenge",
    "StaffReceipt",
    "StaffTelling",
    "StatusChange",
    "Subscription",
    "Support",
    "Tag",
    "Telling",
    "TriageEntry",
    "UnloggedErasure",
    "UpdateReporter",
    "User",
    "UserLink",
    "UserSession",
    "ViewLink",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkStep",
    "request_grid",
    "request_grid_log",
    "service_request_numbers",
]
