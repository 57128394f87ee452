"""Reads of secret links: what they lead to."""

from dataclasses import dataclass

from sqlalchemy import select

from open311.database import db
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Capability, Contact, Media, Service, ServiceRequest, Subscription
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.secret_links import hash_of_token
from schemas.vocabulary.telling import EMAIL


def get_reported(jurisdiction: Scope, token: str) -> int:
    """Return the key of the service request that a reporter's secret link is for.

    Raises NotFound.
    """
    pk = db.session.scalar(
        select(ServiceRequest.pk)
        .join(Capability, Capability.service_request_pk == ServiceRequest.pk)
        .where(
            of_jurisdiction(jurisdiction),
            Capability.purpose == "track",
            Capability.token_hash == hash_of_token(token),
        )
    )
    if pk is None:
        raise NotFound(LINK_UNKNOWN)
    return pk


def owns_photo(pk: int, name: str) -> bool:
    """Return whether a photo belongs to a service request."""
    found = select(Media.id).where(Media.service_request_pk == pk, Media.name == name)
    return db.session.scalar(found) is not None


@dataclass(frozen=True)
class Following:
    """A request and the state of a subscription to it, one of SUBSCRIPTION_STATES.

    service_request_id is None until it is approved. kind is that of the contact, one of CHANNELS.
    """

    service_request_id: str | None
    service_code: str
    service_name: str
    state: str
    kind: str
    is_reporter: bool

    @property
    def can_begin(self) -> bool:
        """Return whether it can be on: text messages are for the requester alone."""
        return self.kind == EMAIL or self.is_reporter


def get_following(jurisdiction: Scope, token: str) -> Following:
    """Return what a follower's secret link is for; raises NotFound.

    A withdrawn request is followed by nobody.
    """
    row = db.session.execute(
        select(
            ServiceRequest.service_request_id,
            Service.service_code,
            Service.service_name,
            Subscription.state,
            Contact.kind,
            Subscription.is_reporter,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Capability, Capability.service_request_pk == ServiceRequest.pk)
        .join(Subscription, Subscription.id == Capability.subscription_id)
        .join(Contact, Contact.id == Subscription.contact_id)
        .where(
            of_jurisdiction(jurisdiction),
            not_withdrawn(),
            Capability.purpose == "follow",
            Capability.token_hash == hash_of_token(token),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(LINK_UNKNOWN)
    return Following(*row)
