"""An email about a request as it would be written now, for staff."""

from base64 import b64encode
from datetime import UTC, datetime
from html import escape
from typing import Any

from open311.letters.deliver import takes_replies
from open311.letters.write import write_letter
from open311.mail.envelope import Letter
from open311.operations.telling.send import Outgoing
from open311.queries.jurisdictions import Scope
from open311.queries.telling.facts import find_told_steps, read_facts
from open311.queries.telling.messages import Recipient
from open311.queries.telling.texts import OwnText, find_own_text
from open311.web.freshness import snapshots
from schemas.vocabulary.telling import CONFIRM, FOLLOWED, WITHOUT_STEP

NO_TOKEN = "0" * 22
"""The secret of links that lead nowhere."""

NO_CODE = "2" * 16
"""That of the address for replies."""


def preview_letter(
    jurisdiction: Scope,
    service_request_id: str,
    kind: str,
    language: str,
    own_text: OwnText | None,
    *,
    is_confirmed: bool = True,
) -> Letter:
    """Return an email of a kind about the last step of a request; raises NotFound.

    own_text is a text of the city, stored or not; None is the built-in one. The address that the
    email would go to is_confirmed or not.
    """
    pk, last = find_told_steps(jurisdiction, service_request_id)
    change = None if kind in WITHOUT_STEP else last
    recipient = _recipient(kind, language, is_confirmed=is_confirmed)
    facts = read_facts(pk, change, change)
    outgoing = Outgoing(0, kind, datetime.now(UTC), recipient, facts, True, own_text)
    return write_letter(outgoing, snapshots().current().cities[jurisdiction.jurisdiction_id])


def preview_message(jurisdiction: Scope, message: Any) -> Letter:
    """Return a message of find_message with the text that it was sent with, or would be.

    The values in it are those of now.
    """
    here, kind, language = jurisdiction.jurisdiction_id, message.kind, message.language
    own_text = None
    if message.sent_at is None:
        own_text = find_own_text(here, kind, language)
    elif message.template_version is not None:
        own_text = find_own_text(here, kind, language, message.template_version)
    facts = read_facts(
        message.service_request_pk, message.first_change_id, message.status_change_id
    )
    recipient = _recipient(kind, language, is_confirmed=message.wish == "on")
    outgoing = Outgoing(message.id, kind, message.made_at, recipient, facts, True, own_text)
    return write_letter(outgoing, snapshots().current().cities[here])


def _recipient(kind: str, language: str, *, is_confirmed: bool) -> Recipient:
    is_reporter = kind not in (FOLLOWED, CONFIRM)
    return Recipient(
        address="preview@mail.example",
        language=language,
        is_reporter=is_reporter,
        is_verified=is_confirmed,
        is_confirmed=is_confirmed,
        follow_token=NO_TOKEN,
        track_token=NO_TOKEN if is_reporter else None,
        reply_code=NO_CODE if is_reporter and takes_replies() else "",
    )


def preview_page(letter: Letter, plain_name: str) -> str:
    """Return a page that shows an email as HTML and below it as plain text, and loads nothing.

    plain_name is the heading of the plain text.
    """
    html = letter.html
    for picture in letter.pictures:
        data = b64encode(picture.content).decode()
        html = html.replace(f"cid:{picture.name}", f"data:image/jpeg;base64,{data}")
    plain = escape(f"{letter.subject}\n\n{letter.plain}")
    section = (
        '<section style="max-width:600px;margin:0 auto;padding:24px 16px;border-top:1px solid '
        f'#767676"><h2 style="margin:0 0 16px;font-size:18px">{escape(plain_name)}</h2>'
        '<pre style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px">'
        f"{plain}</pre></section>"
    )
    return html.replace("</body>", f"{section}\n</body>")
