"""Reports of the website: the rows of the API's, and what only the website has."""

from datetime import timedelta

from current_city import city_of
from flask import Flask
from sqlalchemy import select

from geo.coordinates import Point
from open311.database import db
from open311.models import Capability, Contact, Hold, ServiceRequest, Subscription
from open311.operations.requests.submit import submit_service_request
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.receipts import DRAFT_LIFETIME, Sending
from open311.secret_links import hash_of_token, token_of
from open311.steps.values.submissions import SiteSubmission, Submission

GRIDTOWN = "gridtown.example"


def submit(key: str, **site: object) -> dict[str, str]:
    jurisdiction = get_jurisdiction(GRIDTOWN)
    city = city_of(jurisdiction)
    assert city.site is not None
    sending = Sending(
        jurisdiction_id=GRIDTOWN,
        sandbox=False,
        api_key_id=city.site.api_key_id,
        idempotency_key=key,
        fingerprint=key.encode(),
        repeat_window=timedelta(0),
        key_lifetime=DRAFT_LIFETIME,
    )
    submission = Submission(
        jurisdiction=jurisdiction,
        service=city.services["POTHOLE"],
        api_key_id=city.site.api_key_id,
        point=Point(lat=0.5, long=0.5),
        description="A hole",
        reporter={"email": "Robin@Example.org"},
        site=SiteSubmission(language="es", secret_key="k", wants_updates=True, **site),
    )
    return submit_service_request(city, submission, sending).receipt


def test_a_report_has_a_secret_link_and_a_wish_to_be_told(site_app: Flask) -> None:
    receipt = submit("one")
    pk = db.session.scalars(
        select(ServiceRequest.pk).where(
            ServiceRequest.service_request_id == receipt["service_request_id"]
        )
    ).one()
    wish = db.session.scalars(select(Subscription.id)).one()
    stored = db.session.scalars(select(Capability.token_hash).order_by(Capability.id)).all()
    links = (token_of("k", "track", pk), token_of("k", "follow", wish))
    assert stored == [hash_of_token(one) for one in links]
    [(address, language, state)] = db.session.execute(
        select(Contact.address, Contact.language, Subscription.state).join(Subscription)
    ).all()
    assert (address, language, state) == ("robin@example.org", "es", "unconfirmed")
    assert submit("one") == receipt
    assert len(db.session.scalars(select(Capability.id)).all()) == 2


def test_a_held_report_has_a_number_and_is_not_public(site_app: Flask) -> None:
    receipt = submit("held", holds=[("link", "https://example.org")])
    assert "service_request_id" not in receipt
    held = db.session.execute(
        select(ServiceRequest.service_request_id, ServiceRequest.public, Hold.rule).join(
            Hold, Hold.service_request_pk == ServiceRequest.pk
        )
    ).one()
    assert held.service_request_id
    assert (held.public, held.rule) == (False, "link")
