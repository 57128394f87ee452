"""What a mail to an address of the server means, and what it does."""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from functools import cache
from typing import Any

from open311.database import end_reads
from open311.errors import Gone, InvalidParameters, NotFound
from open311.letters.mail_settings import MailSettings
from open311.letters.texts import ABOVE
from open311.mail.bounces import read_bounce
from open311.mail.incoming import Headers, digest_of, is_automatic, sender_of
from open311.mail.replies import Quoted, Reply, read_reply
from open311.mail.tags import BOUNCE, InboxAddress, Tag
from open311.media.photos import NotAPhoto, Photo, make_photo
from open311.operations.requests.photos import written_photos
from open311.operations.residents.replies import add_reply_of_other
from open311.operations.residents.track import add_to_report
from open311.operations.telling.receive import note_mail, store_bounce
from open311.queries.city import City
from open311.queries.residents.report_lists import BY_EMAIL, BY_REPORTER
from open311.queries.telling.incoming import count_received, find_answered, find_outcome
from open311.steps.values.said import Said
from open311.steps.values.submissions import Medium
from open311.web.freshness import snapshots
from open311.web.languages import read_messages
from open311.web.sent_media import Limits, media_store, photo_limits
from schemas.fields import printable
from schemas.vocabulary import incoming as outcomes
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

MOST_A_DAY = 30
"""Additions to a request in 24 hours, after which replies are set aside."""

MOST_OF_REPORT = 300_000
"""Bytes of a report about a bounced email; what follows is that email."""

CUT = " […]"
"""The end of a reply that is too long."""


@dataclass(frozen=True)
class Processed:
    """What happened to a mail, one of INCOMING_OUTCOMES; is_repeated: it was noted before."""

    outcome: str
    is_repeated: bool = False


def has_code(tag: Tag, settings: MailSettings) -> bool:
    """Return whether the code of a tag is right, so that the mail is worth reading."""
    if tag.kind == BOUNCE:
        code = settings.bounce_code(tag.message_id)
    else:
        answered = find_answered(tag.message_id)
        if answered is None:
            return False
        code = settings.rules.reply_code(tag.message_id, answered.generation)
    return hmac.compare_digest(tag.code, code)


def process_mail(
    raw: bytes, headers: Headers, tag: Tag, settings: MailSettings, now: datetime
) -> Processed | None:
    """Process a mail, once, and return what happened to it; None if it has to be read again.

    Its tag has the right code. May raise any error for a broken mail; nothing is stored then.
    """
    digest = digest_of(raw)
    before = find_outcome(digest)
    if before is not None:
        return Processed(before, is_repeated=True)
    if tag.kind == BOUNCE:
        outcome = _bounce(raw, tag, digest, now)
    else:
        outcome = _answer(raw, headers, tag, settings, digest, now)
    return None if outcome is None else Processed(outcome)


def _bounce(raw: bytes, tag: Tag, digest: bytes, now: datetime) -> str | None:
    """Store that a message bounced. Anything else at this address is an automatic reply."""
    bounce = read_bounce(message_from_bytes(raw[:MOST_OF_REPORT]))
    if bounce is None:
        return note_mail(digest, outcomes.AUTOMATIC, now)
    return store_bounce(tag.message_id, bounce.sentence, bounce.unknown, digest, now)


def _answer(
    raw: bytes,
    headers: Headers,
    tag: Tag,
    settings: MailSettings,
    digest: bytes,
    now: datetime,
) -> str:
    """Store a reply to a message. No mail is ever answered: its sender may be forged."""
    answered = find_answered(tag.message_id)
    if answered is None:  # forgotten just now
        return note_mail(digest, outcomes.UNKNOWN, now)
    address = settings.inbox
    if address is None or is_automatic(headers, address):
        return note_mail(digest, outcomes.AUTOMATIC, now)
    city = snapshots().current().cities[answered.jurisdiction_id]
    is_too_much = count_received(answered.pk, now) >= MOST_A_DAY
    if city.site is None or answered.withdrawn_at is not None or is_too_much:
        return note_mail(digest, outcomes.REFUSED, now)
    end_reads()  # photos take seconds
    mail = message_from_bytes(raw, policy=default)
    reply = read_reply(mail, _quoted(settings, address))
    photos = _photos(reply.images, photo_limits())
    if not reply.text and not photos:
        return note_mail(digest, outcomes.EMPTY, now)
    sender = sender_of(headers)
    is_own = _is_on_file(answered, sender)
    try:
        is_whole = _store(city, answered.pk, reply, photos, digest, None if is_own else sender)
    except (NotFound, Gone):
        return note_mail(digest, outcomes.REFUSED, now)
    except InvalidParameters:
        return note_mail(digest, outcomes.EMPTY, now)
    if not is_whole:
        return note_mail(digest, outcomes.BROKEN, now)
    return note_mail(digest, outcomes.REPLIED if is_own else outcomes.HELD, now)


def _is_on_file(answered: Any, sender: str) -> bool:
    """Return whether a sender is the requester, who still wants emails at this address."""
    is_theirs = answered.is_reporter and answered.wish != "ended"
    return bool(is_theirs) and sender == answered.address


def _quoted(settings: MailSettings, address: InboxAddress) -> Quoted:
    sender = settings.sender
    senders = {sender.addr_spec, sender.display_name, f"{address.username}+", _plain(address)}
    return Quoted(_lines(), {one.lower() for one in senders if one})


def _plain(address: InboxAddress) -> str:
    return f"{address.username}@{address.domain}"


@cache
def _lines() -> frozenset[str]:
    """Return the line that begins our emails, in all languages."""
    return frozenset(str(read_messages(one).gettext(ABOVE)) for one in LANGUAGES)


def _photos(images: Sequence[bytes], limits: Limits) -> list[Photo]:
    """List the photos among files, within the limits of a form; what is no photo is left out."""
    found: list[Photo] = []
    for content in images:
        if len(found) < limits.photos and len(content) <= limits.bytes:
            with suppress(NotAPhoto):
                found.append(make_photo(content, limits.pixels))
    return found


def _store(
    city: City, pk: int, reply: Reply, photos: Sequence[Photo], digest: bytes, other: str | None
) -> bool:
    """Store a reply as a held comment, and return whether all of its photos were stored.

    other is the address of its sender, maybe empty; None if that is the requester.
    """
    by = BY_REPORTER if other is None else BY_EMAIL
    with written_photos(media_store(), photos) as written:
        said = _said(city, reply.text, written.media, digest, by)
        if other is None:
            add_to_report(city.scope, pk, said, by_email=True)
        else:
            add_reply_of_other(city.scope, pk, said, other)
    return not written.notice


def _said(city: City, text: str, media: Sequence[Medium], digest: bytes, by: str) -> Said:
    if city.site is None:
        raise ValueError("a city without a website has no key for it")
    clean = "\n".join(printable(line) for line in text.split("\n"))
    if len(clean) > DESCRIPTION_LIMIT:
        clean = clean[: DESCRIPTION_LIMIT - len(CUT)] + CUT
    return Said(
        sending=f"{by}{digest.hex()[:32]}",
        api_key_id=city.site.api_key_id,
        text=clean,
        media=media,
        is_held=True,
    )
