"""The intake of reports, one for GeoReport and for the residents' website."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from flask import current_app
from marshmallow import ValidationError

from open311.errors import InvalidParameters
from open311.messages.problem import problems_in
from open311.messages.submissions import SERVICE_CODE_REQUIRED
from open311.operations.requests.submit import SubmissionResult, submit_service_request
from open311.queries.catalog.services import ServiceInfo, service_unknown
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests.receipts import Sending, find_receipt
from open311.signals import request_stored
from open311.steps.values.submissions import SiteSubmission, StoredPhoto, Submission
from open311.web.parameters import first
from open311.web.sent_media import stored_media
from open311.web.sent_place import sent_place
from schemas.base import Values
from schemas.requests.answers import Question
from schemas.requests.submission import REPORTER_FIELDS, load_answers, load_submission


def take_in(
    values: Values,
    city: City,
    jurisdiction: Scope,
    sending: Sending,
    channel: str,
    staged: Sequence[StoredPhoto] = (),
    site: Callable[[Submission], SiteSubmission] | None = None,
    made_by: str | None = None,
) -> SubmissionResult:
    """Check, route, and store a report with the files of this HTTP request, or find the first try.

    values are named as in the standard. channel is one of INTAKE_CHANNELS. staged are photos that
    were sent before. site tells what the website knows about a submission; made_by is the member of
    staff who enters it. Raises InvalidParameters with all problems, and what
    submit_service_request raises.
    """
    answer = _answered_before(sending)
    if answer is not None:
        return answer
    submission, links = parse_submission(values, city, jurisdiction)
    with stored_media(jurisdiction, links) as written:
        complete = replace(
            submission,
            api_key_id=sending.api_key_id,
            media=[*staged, *written.media],
            notice=written.notice,
            channel=channel,
            made_by=made_by,
        )
        if site is not None:
            complete = replace(complete, site=site(complete))
        return _announced(submit_service_request(city, complete, sending), complete)


def _announced(result: SubmissionResult, submission: Submission) -> SubmissionResult:
    """Return a result after those who count what comes in have heard of it."""
    request_stored.send(
        jurisdiction_id=submission.jurisdiction.jurisdiction_id,
        channel=submission.channel,
        repeated=result.repeated,
    )
    return result


def _answered_before(sending: Sending) -> SubmissionResult | None:
    """Return the first response, before any check; it never changes for an Idempotency-Key."""
    if sending.idempotency_key is None:
        return None
    receipt = find_receipt(sending, datetime.now(UTC))
    return None if receipt is None else SubmissionResult(receipt, repeated=True)


def parse_submission(
    values: Values, city: City, jurisdiction: Scope
) -> tuple[Submission, list[str]]:
    """Check all parameters at once; a missing service is one of the problems.

    Returns the submission without media, and the links sent with it.
    """
    service_code = first(values, "service_code")
    service = _service(city, service_code) if service_code else None
    loaded = check_parameters(values, service.attributes if service else (), jurisdiction)
    if service is None:
        raise InvalidParameters(SERVICE_CODE_REQUIRED, field="service_code")
    place = sent_place(city, jurisdiction, loaded)
    submission = Submission(
        jurisdiction=jurisdiction,
        service=service,
        point=place.point,
        location_from=place.location_from,
        doubts=place.doubts,
        address_string=place.address_string,
        accuracy_meters=loaded["accuracy"],
        assumed_accuracy=current_app.config["OPEN311_LOCATION_ACCURACY"],
        most_outside=current_app.config["OPEN311_MAX_METERS_OUTSIDE"],
        reporter={name: loaded[name] for name in REPORTER_FIELDS if loaded[name]},
        **{name: loaded[name] for name in _KEPT},
    )
    return submission, loaded["media_url"]


def check_parameters(
    values: Values, attributes: Sequence[dict[str, Any]], jurisdiction: Scope
) -> dict[str, Any]:
    """Check parameters with the answers to the questions of a service; raises InvalidParameters."""
    questions = [_question(attribute) for attribute in attributes]
    asked = [question for question in questions if question is not None]
    try:
        return load_submission(values, asked, jurisdiction.zone)
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None


def check_answers(
    values: Values, attributes: Sequence[dict[str, Any]], zone: tzinfo
) -> dict[str, Any]:
    """Return the answers to the questions of a service by code; raises InvalidParameters."""
    questions = [_question(attribute) for attribute in attributes]
    try:
        return load_answers(values, [one for one in questions if one is not None], zone)
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None


def _service(city: City, service_code: str) -> ServiceInfo:
    """Return an active service from the snapshot; raises NotFound."""
    found = city.services.get(service_code)
    if found is None:
        raise service_unknown(service_code)
    return found


_KEPT = ("address_id", "zipcode", "description", "answers")


def _question(attribute: dict[str, Any]) -> Question | None:
    """Return the question of an attribute; None for one that only shows a text."""
    if not attribute["variable"] and "automated" not in attribute:
        return None
    return Question(
        code=attribute["code"],
        datatype=attribute["datatype"],
        description=attribute["description"],
        required=attribute["required"] and attribute["variable"],
        keys=tuple(value["key"] for value in attribute.get("values", ())),
    )
