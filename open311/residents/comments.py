"""What residents add to a request: read from a form, and screened."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from open311.queries.city import City
from open311.queries.requests.hold_rules import FASTEST, Screened, find_holds
from open311.queries.residents.site import SiteInfo
from open311.steps.values.said import Said
from open311.web.parameters import first
from open311.web.screening import HONEYPOT
from open311.web.sent_media import stored_media
from schemas.base import Values

_SENDING = re.compile(r"[A-Za-z0-9_-]{1,64}")


def new_sending() -> str:
    """Return a name for a form, so that it counts once although it is sent twice."""
    return secrets.token_urlsafe(12)


@contextmanager
def said_in(
    city: City,
    site: SiteInfo,
    by: str,
    sent: Mapping[str, str],
    *,
    looks_at_photos: bool = False,
    is_over: bool = False,
) -> Iterator[Said]:
    """Store the photos of this HTTP request, and yield what was said with them.

    by begins the name of the form (queries/residents/report_lists.py); sent has its description and
    sending. Staff look first at links, at personal data, at words of the city's list, at what an
    address adds over its allowance, and at photos if looks_at_photos.
    """
    text, sending = sent["description"], sent["sending"]
    name = sending if _SENDING.fullmatch(sending) else new_sending()
    with stored_media(city.scope) as written:
        photos = len(written.media) if looks_at_photos else 0
        yield Said(
            sending=f"{by}{name}",
            api_key_id=site.api_key_id,
            text=text,
            media=written.media,
            is_held=is_over or bool(_holds(site, text, photos)),
        )


def _holds(site: SiteInfo, text: str, photos: int) -> Sequence[tuple[str, str]]:
    screened = Screened(texts=(text,), photos=photos, seconds=FASTEST, hold_words=site.hold_words)
    return find_holds(screened)


def is_trapped(values: Values) -> bool:
    """Return whether a program has filled in the field that people do not see."""
    return first(values, HONEYPOT) is not None
