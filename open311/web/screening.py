"""Screening of a report of the website: what staff look at before it is published."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from flask import current_app
from itsdangerous import BadSignature, Signer

from open311.queries.jurisdictions import Scope
from open311.queries.requests.hold_rules import (
    SAME_WITHIN,
    Earlier,
    Screened,
    find_holds,
    text_digest,
)
from open311.queries.requests.holds import count_earlier
from open311.queries.residents.site import SiteInfo
from open311.steps.values.submissions import Proof, SiteSubmission, StoredPhoto, Submission
from open311.web.parameters import first
from open311.web.proof_of_work import PROOF_FIELD, read_proof
from open311.web.report_limits import check_allowance, count_deed
from open311.web.senders import derived_key, sender_digests
from schemas.base import Values

HONEYPOT = "website"
"""A form field that people do not see; programs fill it in."""

OPENED_FIELD = "opened"
"""The form field that tells when the form was opened."""

SCREENING_FIELDS = frozenset({HONEYPOT, OPENED_FIELD, PROOF_FIELD})
"""Fields that differ between two attempts to send the same report."""


def without_screening(values: Values) -> dict[str, list[str]]:
    """Return the parameters of a report alone, by which an attempt is found again."""
    return {name: list(texts) for name, texts in values.items() if name not in SCREENING_FIELDS}


def form_opened() -> str:
    """Return the present time, signed, for OPENED_FIELD."""
    return _signer().sign(str(round(time.time() * 1000))).decode("ascii")


def seconds_since(opened: str | None) -> float | None:
    """Return the seconds since a form was opened, 0 at least; None if that is not signed by us."""
    try:
        milliseconds = int(_signer().unsign(opened or ""))
    except (BadSignature, ValueError):
        return None
    return max(0.0, time.time() - milliseconds / 1000)


def _signer() -> Signer:
    return Signer(derived_key("form opened"))


def screening(
    values: Values,
    site: SiteInfo,
    language: str,
    *,
    wants_updates: bool = False,
    texts_to: str = "",
) -> Callable[[Submission], SiteSubmission]:
    """Return the function that screens a submission of the website, for take_in.

    values are those of the form. This refuses an address far over its allowance at once, before its
    photos are read; the function counts the report. Both raise TooManyReports, and the function
    ProofRefused.
    """
    check_allowance(site, "report")

    def screen(submission: Submission) -> SiteSubmission:
        proof = read_proof(first(values, PROOF_FIELD))
        is_over = count_deed(site, "report", has_proof=proof is not None)
        digests = _Digests.of(submission)
        report = _screened(submission, values, site, digests, is_over=is_over)
        return SiteSubmission(
            language=language,
            secret_key=str(current_app.config["OPEN311_SECRET_KEY"]),
            sender_digest=digests.senders[0],
            text_digest=digests.text,
            photo_digests=digests.photos,
            holds=() if report is None else find_holds(report),
            proof=proof,
            form=None if report is None or report.has_proof else _form_of(values, submission),
            wants_updates=wants_updates,
            texts_to=texts_to,
        )

    return screen


def _form_of(values: Values, submission: Submission) -> Proof | None:
    """Return the form of a report as something that counts once; None if it is not signed by us."""
    opened = first(values, OPENED_FIELD)
    if seconds_since(opened) is None:
        return None
    name = f"form {submission.jurisdiction.jurisdiction_id} {opened}"
    return Proof(sha256(name.encode()).hexdigest(), datetime.now(UTC) + SAME_WITHIN)


def _screened(
    submission: Submission, values: Values, site: SiteInfo, digests: "_Digests", *, is_over: bool
) -> Screened | None:
    """Return a report for the rules; None if staff look at it in any case before it is public."""
    if submission.service.type != "realtime":
        return None
    return Screened(
        texts=_public_texts(submission),
        photos=len(digests.photos),
        has_proof=bool(first(values, PROOF_FIELD)),
        honeypot=first(values, HONEYPOT) or "",
        seconds=seconds_since(first(values, OPENED_FIELD)),
        is_over_allowance=is_over,
        looks_first=submission.service.looked_at_first,
        hold_words=site.hold_words,
        earlier=digests.count_earlier(submission.jurisdiction),
    )


def _public_texts(submission: Submission) -> tuple[str, ...]:
    answers = (one for one in submission.answers.values() if isinstance(one, str))
    return submission.description, submission.address_string, *answers


@dataclass(frozen=True)
class _Digests:
    """What tells whether reports are alike: the text, the photos, and the address of the sender."""

    text: bytes | None
    photos: Sequence[bytes]
    senders: Sequence[bytes]

    @classmethod
    def of(cls, submission: Submission) -> "_Digests":
        photos = [one.digest for one in submission.media if isinstance(one, StoredPhoto)]
        return cls(text_digest(submission.description), photos, sender_digests())

    def count_earlier(self, jurisdiction: Scope) -> Earlier:
        return count_earlier(
            jurisdiction,
            text_digest=self.text,
            photo_digests=self.photos,
            sender_digests=self.senders,
            now=datetime.now(UTC),
        )
