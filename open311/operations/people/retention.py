"""What happens to personal data after a period: of a city's rules, and of anonymize_after_days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, lift_time_limit, table
from open311.errors import InvalidParameters, NotFound
from open311.messages.retention import ACTION_DOES_NOT_FIT, AUTHORITY_REQUIRED, NO_RULE_FOR_SERIES
from open311.models import (
    Erasure,
    Jurisdiction,
    Media,
    ReceivedUpdate,
    Reporter,
    RetentionRule,
    ServiceRequest,
    UpdateReporter,
)
from open311.operations.transaction import operation
from open311.personal_data import PersonalWords
from open311.queries.jurisdictions import Scope
from open311.queries.requests.legal_holds import has_hold
from open311.queries.requests.requester import list_people
from open311.queries.requests.retention import (
    RuleInfo,
    find_retention_rule,
    select_due,
    start_of_period,
)
from open311.steps.requests.erase import erase_from_request
from open311.steps.requests.erasures import Cause, store_erasure
from open311.steps.requests.reach import Reach, reach_all, with_linked
from open311.steps.requests.series import erase_series, reach_series
from schemas.vocabulary.retention import RECORD_SERIES, REPORTER, UPDATE_REPORTER

BATCH = 50
"""Service requests of which data is erased in one transaction."""

BY_MAINTENANCE = "maintenance"
"""The author of an erasure after a period."""


@operation
def set_retention_rule(jurisdiction_id: str, rule: RuleInfo) -> None:
    """Store the rule of a city for a series, in place of another one.

    Raises InvalidParameters for an action that the series does not have, and without an authority.
    """
    if rule.action not in RECORD_SERIES.get(rule.series, ()):
        raise InvalidParameters(ACTION_DOES_NOT_FIT, field="action")
    if not rule.authority.strip():
        raise InvalidParameters(AUTHORITY_REQUIRED, field="authority")
    values = {
        "months": rule.months,
        "action": rule.action,
        "authority": rule.authority.strip(),
    }
    key = {"jurisdiction_id": jurisdiction_id, "series": rule.series}
    statement = insert(table(RetentionRule)).values(**key, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


@operation
def drop_retention_rule(jurisdiction_id: str, series: str) -> None:
    """Delete the rule of a city for a series; raises NotFound."""
    mine = RetentionRule.jurisdiction_id == jurisdiction_id, RetentionRule.series == series
    if not db.session.connection().execute(delete(RetentionRule).where(*mine)).rowcount:
        raise NotFound(NO_RULE_FOR_SERIES, field="series")


@dataclass(frozen=True)
class ErasedBatch:
    """A batch of old requests: how many changed, deleted photos, and its last key, if any."""

    number: int
    photos: Sequence[str]
    last: int | None


@operation
def apply_rule(
    jurisdiction: Scope, series: str, after: int, most: int = BATCH, by: str = BY_MAINTENANCE
) -> ErasedBatch:
    """Apply the rule of a city for a series to the next service requests, at most BATCH or most.

    after is the last key of the batch before, or 0. The caller removes the files of the photos.
    Linked requests lose the words of the people who are erased.
    """
    lift_time_limit()
    here = jurisdiction.jurisdiction_id
    rule = find_retention_rule(here, series)
    if rule is None:
        return ErasedBatch(0, [], None)
    before = start_of_period(rule.months)
    pks = _lock_due(here, rule, before, after, min(most, BATCH))
    reaches = {pk: reach_series(pk, series, rule.action, before) for pk in pks}
    photos: list[str] = []
    number = 0
    for pk, reach in reaches.items():
        done = erase_series(pk, reach, before)
        if not done.is_held:
            store_erasure(here, pk, _cause(rule, pk, before, by), done.counts)
        photos += done.photos
        number += bool(done.counts)
    if series in (REPORTER, UPDATE_REPORTER):
        erase_in_linked(here, reaches, by)
    return ErasedBatch(number, photos, pks[-1] if pks else None)


def _cause(rule: RuleInfo, pk: int, before: datetime, by: str) -> Cause:
    return Cause(
        basis="retention",
        by=by,
        reason=rule.authority,
        series=rule.series,
        action=rule.action,
        extent={
            "do": "series",
            "pk": pk,
            "series": rule.series,
            "action": rule.action,
            "before": before.isoformat(),
        },
    )


def _lock_due(here: str, rule: RuleInfo, before: datetime, after: int, most: int) -> Sequence[int]:
    statement = (
        select_due(here, rule, before)
        .where(ServiceRequest.pk > after)
        .order_by(ServiceRequest.pk)
        .limit(most)
        .with_for_update(of=ServiceRequest)
    )
    return db.session.scalars(statement).all()


def erase_in_linked(here: str, reaches: Mapping[int, Reach], by: str) -> None:
    """Erase the words of reaches from the service requests that are linked to theirs."""
    for pk, reach in with_linked(reaches).items():
        if pk not in reaches:
            _erase_repeated(here, pk, reach.words, by)


@operation
def anonymize_batch(jurisdiction: Scope, now: datetime, after: int) -> ErasedBatch:
    """Erase personal data from the next service requests that are older than the city's period.

    They are closed, withdrawn, or held, and did not change status within the period. Updates that
    were received within it stay, and so do requests with a legal hold. after is the last key of the
    batch before, or 0. The caller removes the files of the photos.
    """
    lift_time_limit()
    here = jurisdiction.jurisdiction_id
    days = db.session.scalar(
        select(Jurisdiction.anonymize_after_days).where(Jurisdiction.id == here)
    )
    if days is None:
        return ErasedBatch(0, [], None)
    before = now - timedelta(days=days)
    old = _old_ones(here, before, after)
    reaches = with_linked({pk: reach_all(pk, texts=False, before=before) for pk in old})
    photos: list[str] = []
    number = 0
    for pk, reach in reaches.items():
        extent = {"do": "anonymize", "pk": pk, "before": before.isoformat()}
        cause = Cause(basis="retention", by=BY_MAINTENANCE, extent=extent)
        if pk in old:
            done = erase_from_request(pk, reach)
            store_erasure(here, pk, cause, done.counts)
            photos += done.photos
            number += bool(done.counts)
        else:
            _erase_repeated(here, pk, reach.words, BY_MAINTENANCE)
    return ErasedBatch(number, photos, old[-1] if old else None)


def _erase_repeated(here: str, pk: int, words: PersonalWords, by: str) -> None:
    """Erase words of others from a service request, whose own people have their own period.

    What repeats the erasure of those people in a backup does this, too.
    """
    own = PersonalWords.of(one.columns for one in list_people(pk))
    done = erase_from_request(pk, Reach(words=words.without(own)))
    if done.counts:
        cause = Cause(basis="request", by=by, extent={})
        store_erasure(here, pk, cause, done.counts)


def _old_ones(here: str, before: datetime, after: int) -> list[int]:
    """List and lock the next service requests that were not anonymized since they changed."""
    mine = Erasure.service_request_pk == ServiceRequest.pk
    over = Erasure.basis.in_(("retention", "withdrawal")) & Erasure.series.is_(None)
    since = Erasure.erased_at >= ServiceRequest.updated_datetime
    of_update = select(ReceivedUpdate.id).where(
        ReceivedUpdate.service_request_pk == ServiceRequest.pk,
        ReceivedUpdate.received_at < before,
        or_(
            exists().where(UpdateReporter.received_update_id == ReceivedUpdate.id),
            exists().where(Media.received_update_id == ReceivedUpdate.id, ~ReceivedUpdate.by_city),
        ),
    )
    statement = (
        select(ServiceRequest.pk)
        .where(
            ServiceRequest.jurisdiction_id == here,
            ServiceRequest.pk > after,
            ServiceRequest.updated_datetime < before,
            ~has_hold(),
            or_(ServiceRequest.status == "closed", ServiceRequest.service_request_id.is_(None)),
            or_(
                ~exists().where(mine, over, since),
                exists().where(Reporter.service_request_pk == ServiceRequest.pk),
                of_update.exists(),
            ),
        )
        .order_by(ServiceRequest.pk)
        .limit(BATCH)
        .with_for_update(of=ServiceRequest)
    )
    return list(db.session.scalars(statement))
