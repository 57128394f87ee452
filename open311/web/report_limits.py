"""Limits of what one address does on the website: its reports, its flags, and its me-toos."""

import math
from collections.abc import Sequence
from typing import Literal

from flask import g
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour

from open311.errors import TooManyReports
from open311.messages.residents import TOO_MANY_REPORTS, TOO_MANY_REPORTS_CALL
from open311.queries.residents.site import SiteInfo
from open311.web.counters import counters
from open311.web.senders import sender_digests

REACTIONS_PER_HOUR = 30
"""Flags and me-toos of one address."""

REFUSED_FROM = 2
"""Times the allowance that an address may send before it is refused."""

WITHOUT_PROOF = 0.5
"""Share of the allowance without proof of work."""

Deed = Literal["report", "reaction"]


def check_allowance(site: SiteInfo, deed: Deed) -> None:
    """Raise TooManyReports if the address is already beyond REFUSED_FROM times its allowance."""
    _check(_allowances(site, deed), 1, site.phone)


def count_deed(site: SiteInfo, deed: Deed, *, has_proof: bool = True) -> bool:
    """Count a report or a reaction, and return whether the address is over its allowance.

    Without proof of work the allowance is half. The same HTTP request counts once, however often it
    is tried. Raises TooManyReports beyond REFUSED_FROM times the allowance.
    """
    counted: dict[Deed, bool] = g.setdefault("counted_deeds", {})
    if deed not in counted:
        share = 1 if has_proof else WITHOUT_PROOF
        counted[deed] = _count(_allowances(site, deed), share, site.phone)
    return counted[deed]


def _allowances(site: SiteInfo, deed: Deed) -> Sequence[RateLimitItem]:
    """Return the limits, as counters that reach as far as an address is not refused."""
    name = f"{deed} {site.jurisdiction_id}"
    if deed == "reaction":
        return [RateLimitItemPerHour(REFUSED_FROM * REACTIONS_PER_HOUR, namespace=name)]
    return [
        RateLimitItemPerHour(REFUSED_FROM * site.reports_per_hour, namespace=name),
        RateLimitItemPerDay(REFUSED_FROM * site.reports_per_day, namespace=name),
    ]


def _check(items: Sequence[RateLimitItem], share: float, phone: str) -> bool:
    """Return whether one of the counters is over its allowance; raises TooManyReports."""
    days = [digest.hex() for digest in sender_digests()]
    is_over = False
    for item in items:
        done = sum(item.amount - counters().left(item, day) for day in days)
        if done >= item.amount * share:
            raise _too_many(item, days, phone)
        is_over |= done >= item.amount * share / REFUSED_FROM
    return is_over


def _count(items: Sequence[RateLimitItem], share: float, phone: str) -> bool:
    is_over = _check(items, share, phone)
    today = sender_digests()[0].hex()
    for item in items:
        if not counters().count(item, today):  # others came at the same time
            raise _too_many(item, [today], phone)
    return is_over


def _too_many(item: RateLimitItem, days: Sequence[str], phone: str) -> TooManyReports:
    seconds = max(counters().seconds(item, day) for day in days)
    message = TOO_MANY_REPORTS_CALL if phone else TOO_MANY_REPORTS
    return TooManyReports(message, seconds=seconds, minutes=math.ceil(seconds / 60), phone=phone)
