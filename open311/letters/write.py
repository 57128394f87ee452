"""Emails made of texts and values: subject, HTML, plain text, and photos of staff."""

from collections.abc import Sequence
from contextlib import suppress

from open311.letters.texts import ABOVE, built_in_text, foot_of
from open311.letters.values import Reading
from open311.mail.envelope import Letter, Picture
from open311.mail.frame import frame
from open311.mail.markup import fill_line, fill_markdown, to_html, to_plain
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
    body = fill_markdown(own.body, values)
    foot = fill_markdown(foot_of(outgoing.kind, reading.language), values)
    pictures = _pictures(reading.photos())
    alt = reading.say("Photo of completed work")
    above = reading.say(ABOVE) if outgoing.recipient.reply_code else ""
    html = frame(
        to_html(body),
        to_html(foot),
        subject=subject,
        city=city.scope.name,
        language=reading.language,
        pictures=[(picture.name, alt) for picture in pictures],
        above=above,
    )
    return Letter(
        subject=subject,
        plain=f"{above}\n\n{to_plain(body)}\n-- \n{to_plain(foot)}".lstrip("\n"),
        html=html,
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
