"""Emails made of texts and values: subject, HTML, plain text, and photos of staff."""

from collections.abc import Sequence
from contextlib import suppress

from open311.letters.texts import ABOVE, built_in_text, foot_of
from open311.letters.values import Reading
from open311.mail.envelope import Letter, Picture
from open311.mail.markup import fill_line
from open311.mail.pages import Frame, write_page
from open311.media.store import thumbnail_of
from open311.operations.telling.send import Outgoing
from open311.queries.city import City
from open311.web.sent_media import media_store

MOST_PHOTOS = 3
MOST_PHOTO_BYTES = 40_000
"""Size of a thumbnail inside an email, so that mail programs show it without asking a server."""


def write_letter(outgoing: Outgoing, city: City) -> Letter:
    """Return what an email says to its recipient."""
    reading = Reading(outgoing, city)
    values = reading.values()
    own = outgoing.own_text or built_in_text(outgoing.kind, reading.language)
    subject = fill_line(own.subject, values)
    pictures = _pictures(reading.photos())
    alt = reading.say("Photo of completed work")
    above = reading.say(ABOVE) if outgoing.recipient.reply_code else ""
    page = write_page(
        own.body,
        foot_of(outgoing.kind, reading.language),
        values,
        Frame(city.scope.name, reading.language, above),
        subject,
        [(picture.name, alt) for picture in pictures],
    )
    return Letter(
        subject=subject,
        plain=f"{above}\n\n{page.body}\n-- \n{page.foot}".lstrip("\n"),
        html=page.html,
        stop_url=reading.one_click(),
        list_id=f"requests.{city.scope.jurisdiction_id}",
        pictures=pictures,
    )


def _pictures(names: Sequence[str]) -> list[Picture]:
    """Return the thumbnails of photos that are small enough; a missing file is no error."""
    found: list[Picture] = []
    for name in names[:MOST_PHOTOS]:
        small = thumbnail_of(name)
        with suppress(FileNotFoundError), media_store().open(small) as file:
            content = file.read(MOST_PHOTO_BYTES + 1)
            if len(content) <= MOST_PHOTO_BYTES:
                found.append(Picture(small, content))
    return found
