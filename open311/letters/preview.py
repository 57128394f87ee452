"""Emails as they would be written now, for staff."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from open311.letters.alert_letters import write_alert_letter
from open311.letters.mail_settings import takes_replies
from open311.letters.staff_letters import write_staff_letter
from open311.letters.staff_texts import TEXTS
from open311.letters.text_messages import write_text
from open311.letters.write import write_letter
from open311.mail.envelope import Letter
from open311.mail.frame import frame
from open311.mail.markup import fill_markdown, to_html
from open311.operations.telling.send import Outgoing
from open311.operations.telling.send_alerts import MOST_LISTED, AlertOutgoing
from open311.operations.telling.send_staff import StaffOutgoing
from open311.queries.city import City
from open311.queries.insights.reports import StoredReport, find_last_week, find_report
from open311.queries.jurisdictions import Scope
from open311.queries.residents.alerts import AlertInfo, read_alert
from open311.queries.telling.alerts import ToldItems, ToldRequest, read_items
from open311.queries.telling.facts import Facts, find_told_steps, read_facts
from open311.queries.telling.messages import Recipient
from open311.queries.telling.staff import StaffRecipient, find_staff_facts
from open311.queries.telling.texts import OwnText, find_own_text
from open311.web.freshness import snapshots
from open311.web.languages import read_messages
from schemas.vocabulary import notices
from schemas.vocabulary.alerts import AT_ONCE, CITY, NEW, ON
from schemas.vocabulary.marking import N_
from schemas.vocabulary.notices import DAY, HANDED_OVER, LINK_PURPOSES, WEEKLY
from schemas.vocabulary.telling import ALERT_MESSAGE_KINDS, CONFIRM, FOLLOWED, SMS, WITHOUT_STEP

ADDRESS = "preview@mail.example"

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
    email would go to is_confirmed or not. That of an alert tells the request alone.
    """
    pk, last = find_told_steps(jurisdiction, service_request_id, kind)
    city = snapshots().current().cities[jurisdiction.jurisdiction_id]
    if kind in ALERT_MESSAGE_KINDS:
        facts = read_facts(pk, None, None)
        return write_alert_letter(_sample_alert(kind, language, facts, own_text), city)
    change = None if kind in WITHOUT_STEP else last
    recipient = _recipient(kind, language, is_confirmed=is_confirmed)
    facts = read_facts(pk, change, change)
    outgoing = Outgoing(0, kind, datetime.now(UTC), recipient, facts, True, own_text)
    return write_letter(outgoing, city)


def _sample_alert(
    kind: str, language: str, facts: Facts, own_text: OwnText | None
) -> AlertOutgoing:
    """Return the message of an alert of the whole city that tells one new request."""
    told = ToldRequest(
        service_request_id=facts.service_request_id or "",
        service_code=facts.service_code,
        service_name=facts.service_name,
        department_code=facts.department_code,
        department=facts.department,
        address=facts.address,
        detailed_status=facts.detailed_status,
    )
    alert = AlertInfo(
        id=0,
        place=CITY,
        boundary_layer="",
        boundary_code="",
        meters=None,
        address="",
        services=(),
        about=NEW,
        rhythm=AT_ONCE,
        language=language,
        state=ON,
        center=None,
        area=None,
    )
    return AlertOutgoing(
        id=0,
        kind=kind,
        made_at=datetime.now(UTC),
        jurisdiction_id=facts.jurisdiction_id,
        address=ADDRESS,
        token=NO_TOKEN,
        alert=alert,
        items=ToldItems([told], 1, 1, 0),
        own_text=own_text,
    )


def preview_staff_letter(
    jurisdiction: Scope, service_request_id: str, kind: str, language: str
) -> Letter | None:
    """Return an email to staff, about a request if it is about any; raises NotFound.

    Those about new requests and transfers go to the mailbox of its department, others to a user.
    The email of a day has the numbers of a dispatcher, and that of a week is about the newest
    report of the city; None if there are none.
    """
    department_id, item = find_staff_facts(jurisdiction, service_request_id, kind)
    item = replace(item, who="preview", from_department=department_id)
    is_user = kind not in (notices.NEW, HANDED_OVER)
    to = StaffRecipient(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        id=0 if is_user else department_id,
        is_user=is_user,
        name="preview",
        role="dispatcher",
        department_id=None if is_user else department_id,
        email=ADDRESS,
        language=language,
        notices={},
    )
    now = datetime.now(UTC)
    outgoing = StaffOutgoing(
        id=0,
        kind=kind,
        made_at=now,
        to=to,
        day=now.astimezone(jurisdiction.zone).date() if kind == DAY else None,
        items=(item,) if kind in TEXTS else (),
        hosts=("webhook.example",),
        report=_newest_report(jurisdiction) if kind == WEEKLY else None,
        valid_until=now + timedelta(days=7) if kind in LINK_PURPOSES else None,
    )
    city = snapshots().current().cities[jurisdiction.jurisdiction_id]
    return write_staff_letter(outgoing, city)


def _newest_report(jurisdiction: Scope) -> StoredReport | None:
    week = find_last_week(jurisdiction)
    if week is None:
        return None
    return find_report(jurisdiction.jurisdiction_id, week, for_staff=True)


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
    city = snapshots().current().cities[here]
    if message.alert_id is not None:
        return write_alert_letter(_told_alert(message, own_text, here), city)
    facts = read_facts(
        message.service_request_pk, message.first_change_id, message.status_change_id
    )
    recipient = _recipient(kind, language, is_confirmed=message.wish == "on")
    outgoing = Outgoing(message.id, kind, message.made_at, recipient, facts, True, own_text)
    if message.channel == SMS:
        return _as_letter(write_text(outgoing, city), outgoing, city)
    return write_letter(outgoing, city)


def _told_alert(message: Any, own_text: OwnText | None, jurisdiction_id: str) -> AlertOutgoing:
    return AlertOutgoing(
        id=message.id,
        kind=message.kind,
        made_at=message.made_at,
        jurisdiction_id=jurisdiction_id,
        address=ADDRESS,
        token=NO_TOKEN,
        alert=read_alert(message.alert_id),
        items=read_items(message.id, MOST_LISTED),
        own_text=own_text,
    )


def _as_letter(text: str, outgoing: Outgoing, city: City) -> Letter:
    """Return a text message in the form of an email, to be looked at."""
    language = outgoing.recipient.language
    subject = read_messages(language).gettext(N_("Text message"))
    html = frame(
        to_html(fill_markdown("((text))", {"text": text})),
        "",
        subject=subject,
        city=city.scope.name,
        language=language,
    )
    return Letter(subject=subject, plain=text, html=html)


def _recipient(kind: str, language: str, *, is_confirmed: bool) -> Recipient:
    is_reporter = kind not in (FOLLOWED, CONFIRM)
    return Recipient(
        address=ADDRESS,
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
    plain = escape(f"{letter.subject}\n\n{letter.plain}")
    section = (
        '<section style="max-width:600px;margin:0 auto;padding:24px 16px;border-top:1px solid '
        f'#767676"><h2 style="margin:0 0 16px;font-size:18px">{escape(plain_name)}</h2>'
        '<pre style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px">'
        f"{plain}</pre></section>"
    )
    return preview_html(letter).replace("</body>", f"{section}\n</body>")


def preview_html(letter: Letter) -> str:
    """Return the HTML of an email with its pictures in it, as data: URLs."""
    html = letter.html
    for picture in letter.pictures:
        data = b64encode(picture.content).decode()
        html = html.replace(f"cid:{picture.name}", f"data:image/jpeg;base64,{data}")
    return html
