"""Entries of the audit as sentences in the language of the page."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from flask_babel import lazy_gettext, lazy_pgettext

from open311.messages.names import FIELD_LABELS, ROLE_NAMES, STATUS_NAMES
from open311.queries.people.audit import AuditInfo
from open311.web.languages import say as _
from schemas.vocabulary.priorities import PRIORITY_NAMES

SUBJECTS: Mapping[str, Any] = {
    "users": lazy_gettext("the user %(name)s"),
    "user_links": lazy_gettext("an invitation for %(name)s"),
    "api_keys": lazy_gettext("the API key %(name)s"),
    "services": lazy_gettext("the service %(name)s"),
    "service_attributes": lazy_gettext("the question %(name)s"),
    "attribute_values": lazy_gettext("the option %(name)s"),
    "departments": lazy_gettext("the department %(name)s"),
    "routing_rules": lazy_gettext("the routing rule %(name)s"),
    "canaries": lazy_gettext("the routing test %(name)s"),
    "boundary_layers": lazy_gettext("the boundary layer %(name)s"),
    "boundary_sets": lazy_gettext("the version %(name)s of a boundary layer"),
    "carry_overs": lazy_gettext("the reroute %(name)s of open requests"),
    "jurisdictions": lazy_gettext("the settings of %(name)s"),
    "business_hours": lazy_gettext("the business hours %(name)s"),
    "holidays": lazy_gettext("the holiday %(name)s"),
    "address_registers": lazy_gettext("the list of addresses"),
    "sites": lazy_gettext("the residents\u2019 website"),
    "site_texts": lazy_gettext("the text %(name)s of the residents\u2019 website"),
    "catalog_texts": lazy_gettext("the translation %(name)s"),
    "message_templates": lazy_gettext("the email text %(name)s"),
    "message_settings": lazy_gettext("the settings of the email %(name)s"),
    "response_templates": lazy_gettext("the response template %(name)s"),
    "response_notes": lazy_gettext("the public note of the response template %(name)s"),
    "response_services": lazy_gettext("the service of the response template %(name)s"),
    "webhook_endpoints": lazy_gettext("the webhook %(name)s"),
    "foreign_endpoints": lazy_gettext("the other server %(name)s"),
    "base_maps": lazy_gettext("the base map"),
    "view_links": lazy_gettext("the read-only link %(name)s"),
    "retention_rules": lazy_gettext("the retention rule %(name)s"),
    "legal_holds": lazy_gettext("the legal hold of %(name)s"),
}
"""What entries are about, by table, with the name of the row."""

SUBJECT_NAMES: Mapping[str, Any] = {
    "users": lazy_gettext("Users"),
    "user_links": lazy_gettext("Invitations"),
    "api_keys": lazy_gettext("API keys"),
    "services": lazy_gettext("Services"),
    "service_attributes": lazy_gettext("Questions"),
    "attribute_values": lazy_gettext("Options of questions"),
    "departments": lazy_gettext("Departments"),
    "routing_rules": lazy_gettext("Routing rules"),
    "canaries": lazy_gettext("Routing tests"),
    "boundary_layers": lazy_gettext("Boundary layers"),
    "boundary_sets": lazy_gettext("Versions of boundary layers"),
    "carry_overs": lazy_gettext("Reroutes of open requests"),
    "jurisdictions": lazy_gettext("Settings of the city"),
    "business_hours": lazy_gettext("Business hours"),
    "holidays": lazy_gettext("Holidays"),
    "address_registers": lazy_gettext("Addresses"),
    "sites": lazy_gettext("Residents\u2019 website"),
    "site_texts": lazy_gettext("Texts of the residents\u2019 website"),
    "catalog_texts": lazy_gettext("Translations"),
    "message_templates": lazy_gettext("Email texts"),
    "message_settings": lazy_gettext("Email settings"),
    "response_templates": lazy_gettext("Response templates"),
    "response_notes": lazy_gettext("Public notes of response templates"),
    "response_services": lazy_gettext("Services of response templates"),
    "webhook_endpoints": lazy_gettext("Webhooks"),
    "foreign_endpoints": lazy_gettext("Other servers"),
    "base_maps": lazy_gettext("Base map"),
    "view_links": lazy_gettext("Read-only links"),
    "retention_rules": lazy_gettext("Retention rules"),
    "legal_holds": lazy_gettext("Legal holds"),
}
"""Choices of the filter, by table."""

SENTENCES: Mapping[str, Any] = {
    "created": lazy_gettext("%(who)s added %(what)s."),
    "changed": lazy_gettext("%(who)s changed %(what)s."),
    "deleted": lazy_gettext("%(who)s removed %(what)s."),
    "sessions_ended": lazy_gettext("%(who)s ended sessions of %(what)s."),
}

ACTORS: Mapping[str, Any] = {
    "user": "%(name)s",
    "key": lazy_gettext("The app with the API key %(name)s"),
    "command": lazy_gettext("%(name)s (command line)"),
    "system": lazy_gettext("The server"),
}

LABELS: Mapping[str, Any] = {
    "action": lazy_pgettext("retention", "Action"),
    "active": lazy_gettext("Active"),
    "anonymize_after_days": lazy_gettext("Days until personal data is erased"),
    "answer_map": lazy_gettext("Answers on the other server"),
    "api_key_id": lazy_gettext("API key"),
    "asks": lazy_gettext("Question for the requester"),
    "asked_until": lazy_gettext("End date"),
    "boundary_code": lazy_gettext("Boundary"),
    "boundary_layer": lazy_gettext("Boundary layer"),
    "closes": lazy_gettext("Closes"),
    "color": lazy_gettext("Color"),
    "contact": lazy_gettext("Contact"),
    "day": lazy_gettext("Day"),
    "default_department": lazy_gettext("Default department"),
    "department_id": lazy_gettext("Department"),
    "disabled_at": lazy_gettext("Disabled"),
    "encrypted_key": lazy_gettext("API key of your city there"),
    "events": lazy_gettext("Events"),
    "exception": lazy_gettext("Has priority"),
    "expires_at": lazy_gettext("Valid until"),
    "foreign_endpoint_id": lazy_gettext("Other server"),
    "format": lazy_gettext("Format"),
    "has_updates": lazy_gettext("Lists updates"),
    "host": lazy_gettext("Host name"),
    "imported_at": lazy_gettext("Imported"),
    "in_force_from": lazy_gettext("Effective date"),
    "in_force_until": lazy_gettext("Replaced on"),
    "is_on": lazy_gettext("Sending is on"),
    "key": lazy_gettext("Code"),
    "key_hash": lazy_gettext("Key"),
    "key_service": lazy_gettext("API key contact"),
    "kind": lazy_gettext("Kind"),
    "layer_id": lazy_gettext("Boundary layer"),
    "lifted_at": lazy_gettext("Lifted"),
    "locality": lazy_gettext("City of addresses"),
    "location": lazy_gettext("Location"),
    "logo": lazy_gettext("Logo"),
    "made_at": lazy_gettext("Time"),
    "notices": lazy_gettext("Email choices"),
    "openid_subject": lazy_gettext("City account"),
    "opens": lazy_gettext("Opens"),
    "order": lazy_gettext("Position"),
    "outside_department": lazy_gettext("Department outside the service area"),
    "password_hash": lazy_gettext("Password"),
    "position": lazy_gettext("Position"),
    "public_holidays": lazy_gettext("Public holidays"),
    "published_at": lazy_gettext("Published"),
    "purpose": lazy_gettext("Purpose"),
    "overlapping": lazy_gettext("Boundaries overlap on purpose"),
    "reach_meters": lazy_gettext("Buffer distance (meters)"),
    "replays": lazy_gettext("Replays"),
    "required": lazy_gettext("Required"),
    "revoked_at": lazy_gettext("Revoked"),
    "secret": lazy_gettext("Secret"),
    "service_area": lazy_gettext("Service area"),
    "service_area_source": lazy_gettext("Source of the service area"),
    "service_group": lazy_gettext("Service group"),
    "service_id": lazy_gettext("Service"),
    "service_map": lazy_gettext("Services on the other server"),
    "services": lazy_gettext("Services"),
    "state": lazy_gettext("State"),
    "text": lazy_gettext("Text"),
    "time_zone": lazy_gettext("Time zone"),
    "totp_secret": lazy_gettext("Two-step sign-in"),
    "undone_at": lazy_gettext("Undone"),
    "until": lazy_gettext("Last day"),
    "variable": lazy_gettext("Needs an answer"),
    "version": lazy_gettext("Version"),
    "weekday": lazy_gettext("Weekday"),
    "withdrawn_at": lazy_gettext("Withdrawn"),
}
"""Names of columns that FIELD_LABELS does not have, or has with another meaning."""

WORDS: Mapping[str, Any] = {
    "set": lazy_pgettext("secret", "set"),
    "changed": lazy_pgettext("secret", "changed"),
    "invitation": lazy_gettext("Invitation"),
}

_NAMES: Mapping[str, Mapping[str, str]] = {
    "role": ROLE_NAMES,
    "detailed_status": STATUS_NAMES,
    "default_priority": PRIORITY_NAMES,
}

LONGEST_VALUE = 300
"""Characters of a value on the page; the file has all of them."""


class Change(NamedTuple):
    """A value before and after, with the label of its column; empty where there is none."""

    label: str
    before: str
    after: str


def subject_names() -> list[tuple[str, str]]:
    """Return the tables with their names, by name."""
    return sorted(((key, str(name)) for key, name in SUBJECT_NAMES.items()), key=lambda one: one[1])


def actor_name(entry: AuditInfo) -> str:
    """Return who acted."""
    return str(ACTORS[entry.actor_kind]) % {"name": entry.actor}


def sentence(entry: AuditInfo) -> str:
    """Return who did what to what."""
    what = str(SUBJECTS[entry.subject]) % {"name": entry.subject_name}
    return str(SENTENCES[entry.action]) % {"who": actor_name(entry), "what": what}


def changes(entry: AuditInfo, *, is_whole: bool = False) -> Iterator[Change]:
    """Yield what was changed, by label; of a row that came or went, what was filled in."""
    words = partial(_in_words, limit=None if is_whole else LONGEST_VALUE)
    for name in sorted({*entry.before, *entry.after}, key=label_of):
        change = Change(
            label_of(name), words(name, entry.before.get(name)), words(name, entry.after.get(name))
        )
        if change.before or change.after:
            yield change


def label_of(column: str) -> str:
    """Return the label of a column."""
    if column in LABELS:
        return str(LABELS[column])
    return _(FIELD_LABELS[column]) if column in FIELD_LABELS else column


def _in_words(column: str, value: Any, limit: int | None) -> str:
    text = _text(column, value)
    return text if limit is None or len(text) <= limit else f"{text[:limit]}…"


def _text(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(column, one) for one in value)
    if isinstance(value, dict):
        if value.get("type") == "Point":
            longitude, latitude = value["coordinates"]
            return f"{latitude:.6f}, {longitude:.6f}"
        return "; ".join(f"{key}: {_text('', one)}" for key, one in sorted(value.items()))
    if value in _NAMES.get(column, {}):
        return _(_NAMES[column][value])
    if isinstance(value, str):
        return str(WORDS.get(value, value))
    return json.dumps(value)
