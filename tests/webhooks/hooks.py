"""Endpoints on a receiver, and requests that change, for tests of webhooks."""

from dataclasses import dataclass
from typing import Any

from current_city import submit
from flask import Flask
from sqlalchemy import text
from webhook_receiver import Inbox, Received, Receiver

from geo.coordinates import Point
from open311.database import db
from open311.operations.requests.status import change_status
from open311.operations.webhooks.endpoints import Owner, add_endpoint
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.webhooks.endpoints import EndpointInfo, Filters, get_endpoint
from open311.steps.values.submissions import Submission
from open311.web.webhooks import deliver
from schemas.vocabulary.webhooks import EVENTS

GRIDTOWN = "gridtown.example"
SECRET_KEY = "a secret key for tests of webhooks"
SETTINGS = {
    "OPEN311_SECRET_KEY": SECRET_KEY,
    "OPEN311_WEBHOOK_PRIVATE": "127.0.0.1",
    "OPEN311_PUBLIC_URL": "https://311.example.org",
}


@dataclass
class Hook:
    """An endpoint and its inbox."""

    id: int
    inbox: Inbox

    @property
    def info(self) -> EndpointInfo:
        return get_endpoint(GRIDTOWN, self.id)

    def deliver(self) -> int:
        return deliver(self.id)

    def make_due(self) -> None:
        """Let the time pass until all that waits is due."""
        deliveries = "UPDATE webhook_deliveries SET next_at = now() - interval '9 s'"
        endpoints = "UPDATE webhook_endpoints SET held_until = NULL"
        db.session.execute(text(f"{deliveries} WHERE endpoint_id = :id"), {"id": self.id})
        db.session.execute(text(f"{endpoints} WHERE id = :id"), {"id": self.id})
        db.session.commit()

    def states(self) -> dict[str, str]:
        """The state of each delivery, by request number."""
        rows = db.session.execute(
            text(
                "SELECT service_request_id, delivery.state FROM webhook_deliveries AS delivery "
                "JOIN service_requests ON pk = service_request_pk WHERE endpoint_id = :id"
            ),
            {"id": self.id},
        )
        return {row[0]: row[1] for row in rows}


@dataclass
class Hooks:
    """Gridtown, and a receiver of its webhooks."""

    app: Flask
    receiver: Receiver

    @property
    def town(self) -> Scope:
        return get_jurisdiction(GRIDTOWN)

    def add(
        self,
        *,
        events: tuple[str, ...] = EVENTS,
        api_key_id: int | None = None,
        url: str | None = None,
        **filters: Any,
    ) -> Hook:
        """Add an endpoint that is told of what changes from now on."""
        inbox = self.receiver.inbox()
        number, secret = add_endpoint(
            self.town,
            url or inbox.url,
            Filters(**filters),
            events,
            Owner(name="tests", api_key_id=api_key_id),
            secret_key=SECRET_KEY,
            private_hosts=["127.0.0.1"],
        )
        inbox.secrets.append(secret)
        return Hook(number, inbox)

    def report(self, service_code: str = "POTHOLE", lat: float = 0.5, **values: Any) -> str:
        submission = Submission(
            jurisdiction=self.town,
            service=get_service(GRIDTOWN, service_code),
            point=Point(lat=lat, long=0.5),
            **values,
        )
        return str(submit(submission).receipt.get("service_request_id"))

    def change(self, service_request_id: str, status: str, note: str = "") -> None:
        change_status(self.town, service_request_id, status, note, made_by="sam")

    def numbers(self) -> dict[str, int]:
        """The last change number of each public request, as the feed has it."""
        rows = db.session.execute(
            text(
                "SELECT service_request_id, change_number FROM service_requests "
                "WHERE public AND NOT sandbox AND jurisdiction_id = :here"
            ),
            {"here": GRIDTOWN},
        )
        found = {row[0]: row[1] for row in rows}
        db.session.rollback()
        return found


def last_numbers(received: list[Received]) -> dict[str, int]:
    """The last number of each request, after a check that numbers only rise."""
    numbers: dict[str, int] = {}
    for one in received:
        assert one.number >= numbers.get(one.about, 0)
        numbers[one.about] = one.number
    return numbers
