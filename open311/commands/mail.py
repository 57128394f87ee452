"""open311 mail: try the mail servers, look at emails, read replies, and list blocked addresses."""

from collections.abc import Mapping
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.errors import Conflict
from open311.letters.deliver import collect, deliver, look_at_clock
from open311.letters.inbox import check_inbox, fetch_mails
from open311.letters.mail_settings import MailSettings, mail_settings
from open311.letters.preview import preview_html, preview_letter, preview_staff_letter
from open311.letters.trial import send_test
from open311.mail.envelope import Letter
from open311.mail.frame import frame
from open311.mail.imap import InboxUnusable
from open311.mail.inbox_setting import Inbox
from open311.mail.markup import to_html, to_plain
from open311.mail.outlets import Folder, mail_sender
from open311.messages.telling import INBOX_OFF, INBOX_UNUSABLE, MAIL_OFF
from open311.operations.telling.manage import lift_suppression
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.telling.incoming import count_outcomes
from open311.queries.telling.recipients import list_suppressed
from open311.queries.telling.texts import find_own_text
from schemas.vocabulary.incoming import INCOMING_OUTCOMES
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.notices import STAFF_MESSAGE_KINDS
from schemas.vocabulary.telling import (
    ALERT_MESSAGE_KINDS,
    MESSAGE_KINDS,
    SUPPRESSION_REASONS,
)

mail_commands = AppGroup("mail", help="Test the mail server, and preview emails.")

DKIM = (
    "Let your mail server sign with DKIM, and include the headers List-Unsubscribe and "
    "List-Unsubscribe-Post. Otherwise mail programs show no button to unsubscribe."
)


def _settings() -> MailSettings:
    settings = mail_settings()
    if settings is None:
        raise Conflict(MAIL_OFF)
    return settings


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """Return an email address, or end the command."""
    try:
        address = mail_sender(text)
    except ValueError:
        address = None
    if address is None:
        raise click.BadParameter("Enter an email address, such as kim@mail.example.")
    return address.addr_spec


@mail_commands.command()
@click.argument("to", callback=_address)
def test(to: str) -> None:
    """Send a test email to the address TO, and sign in to the mailbox for replies, if there is one.

    \b
    Example:
      open311 mail test kim@mail.example
    """
    settings = _settings()
    text = "This is a test of the emails of this Open311 server. They reach you."
    subject = "Test email"
    html = frame(to_html(text), "", subject=subject, city="Open311", language="en")
    letter = Letter(subject=subject, plain=to_plain(text), html=html)
    send_test(settings, letter, to)
    where = f"the folder {settings.outlet.path}" if isinstance(settings.outlet, Folder) else to
    click.echo(f"Email sent to {where}.")
    click.echo(DKIM)
    inbox: Inbox | None = current_app.config["OPEN311_MAIL_INBOX"]
    if inbox is not None and settings.inbox is not None:
        try:
            check_inbox(inbox)
        except InboxUnusable as error:
            raise Conflict(INBOX_UNUSABLE, sentence=error.sentence) from None
        address = settings.inbox.example
        click.echo(
            f"The mailbox can be read. Let it receive emails to addresses such as {address}."
        )


@mail_commands.command()
@click.argument(
    "kind",
    type=click.Choice(MESSAGE_KINDS + ALERT_MESSAGE_KINDS + STAFF_MESSAGE_KINDS),
    metavar="KIND",
)
@click.argument("service_request_id", metavar="ID")
@click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="en", help="Language of the email."
)
@click.option("--html", "as_html", is_flag=True, help="Print the HTML instead of the plain text.")
@jurisdiction_option
def preview(
    kind: str,
    service_request_id: str,
    language: str,
    as_html: bool,
    jurisdiction_id: str | None,
) -> None:
    """Print an email about the request ID, as a confirmed address would get it.

    KIND is received, confirm, question, approved, status, closed, reopened, merged, forwarded,
    followed, confirm_alert, or alert; for staff, new, assigned, handed_over, answered, not_solved,
    due, overdue, day, weekly, invitation, password_reset, email_change, email_changed,
    webhook_paused, or test. Secret links of the email do not work.

    \b
    Example:
      open311 mail preview closed 26-0000001 --language es
    """
    letter = _preview(get_jurisdiction(jurisdiction_id), service_request_id, kind, language)
    if letter is None:
        click.echo("There is nothing to tell today.")
        return
    click.echo(preview_html(letter) if as_html else f"Subject: {letter.subject}\n\n{letter.plain}")


def _preview(here: Scope, service_request_id: str, kind: str, language: str) -> Letter | None:
    if kind in STAFF_MESSAGE_KINDS:
        return preview_staff_letter(here, service_request_id, kind, language)
    own_text = find_own_text(here.jurisdiction_id, kind, language)
    return preview_letter(here, service_request_id, kind, language, own_text)


@mail_commands.command()
def send() -> None:
    """Send the emails that are due now.

    The server does this each second. Use this command with cron where OPEN311_JOBS is "none".

    \b
    Example:
      open311 mail send
    """
    _settings()
    look_at_clock()
    collect()
    click.echo(f"Emails sent: {deliver():,}.")


@mail_commands.command()
def fetch() -> None:
    """Read replies and bounced emails.

    The server does this each minute. Use this command with cron where OPEN311_JOBS is "none".

    \b
    Example:
      open311 mail fetch
    """
    _settings()
    if current_app.config["OPEN311_MAIL_INBOX"] is None:
        raise Conflict(INBOX_OFF)
    try:
        found = fetch_mails()
    except InboxUnusable as error:
        raise Conflict(INBOX_UNUSABLE, sentence=error.sentence) from None
    click.echo(f"Emails read: {sum(found.values()):,}.")
    _show_outcomes(found)


@mail_commands.command()
def received() -> None:
    """Show how many emails came to the mailbox in the last 60 days, and what happened to them.

    \b
    Example:
      open311 mail received
    """
    _show_outcomes(count_outcomes())


def _show_outcomes(numbers: Mapping[str, int]) -> None:
    for outcome, words in INCOMING_OUTCOMES.items():
        if numbers.get(outcome):
            click.echo(f"{numbers[outcome]:,}  {words}")


@mail_commands.group("suppressed")
def suppressed() -> None:
    """List addresses that get no emails, and let them get emails again."""


@suppressed.command("list")
@jurisdiction_option
def list_command(jurisdiction_id: str | None) -> None:
    """List addresses that get no emails for a while, with the reason.

    \b
    Example:
      open311 mail suppressed list
    """
    here = get_jurisdiction(jurisdiction_id)
    for row in list_suppressed(here.jurisdiction_id, datetime.now(UTC)):
        until = row.suppressed_until.astimezone(here.zone).date()
        click.echo(f"{row.address}  until {until}  {SUPPRESSION_REASONS[row.suppressed_why]}")


@suppressed.command()
@click.argument("address")
@jurisdiction_option
def lift(address: str, jurisdiction_id: str | None) -> None:
    """Let ADDRESS get emails again.

    \b
    Example:
      open311 mail suppressed lift kim@mail.example
    """
    lift_suppression(get_jurisdiction(jurisdiction_id).jurisdiction_id, address)
    click.echo(f"{address} gets emails again.")
