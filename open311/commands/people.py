"""open311 people: erasure of personal data, and its records."""

from collections.abc import Mapping

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.operations.people.erasure import (
    ErasureResult,
    PersonKey,
    erase_personal_data,
    preview_erasure,
)
from open311.personal_data import SHORTEST_PHONE, digits_of
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.erasures import list_erasures
from open311.web.erasure_log import digest_of_person
from open311.web.sent_media import media_store

people_commands = AppGroup("people", help="Erase personal data, and list what was erased.")

KINDS: Mapping[str, tuple[str, str]] = {
    "requesters": ("requester", "requesters"),
    "commenters": ("commenter", "commenters"),
    "texts": ("text", "texts"),
    "notes": ("internal note", "internal notes"),
    "answers": ("answer", "answers"),
    "photos": ("photo", "photos"),
    "receipts": ("receipt", "receipts"),
    "followers": ("email subscription", "email subscriptions"),
    "saved_views": ("saved view", "saved views"),
    "view_links": ("read-only link", "read-only links"),
    "saved_areas": ("saved area", "saved areas"),
    "log_entries": ("log entry", "log entries"),
}


@people_commands.command()
@click.option("--email", metavar="ADDRESS", help="Email address of the person, in any case.")
@click.option("--phone", metavar="NUMBER", help="Phone number of the person, in any notation.")
@click.option("--request", metavar="ID", help="Everyone who wrote to this request.")
@click.option(
    "--texts",
    is_flag=True,
    help="Also erase the whole description, notes, and comments of these requests.",
)
@click.option("--reason", metavar="TEXT", default="", help="Reason, for the record.")
@click.option("--yes", is_flag=True, help="Do not ask before erasing.")
@by_option
@jurisdiction_option
def erase(
    email: str | None,
    phone: str | None,
    request: str | None,
    texts: bool,
    reason: str,
    yes: bool,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Erase the personal data of a person, or of everyone who wrote to a request.

    Prints what it finds, and asks. You cannot undo this. Requests stay, without contact
    information, photos, and typed answers. Names, addresses, and numbers in texts become [erased].

    \b
    Example:
      open311 people erase --email kim@mail.example
    """
    key = _key(email, phone, request)
    jurisdiction = get_jurisdiction(jurisdiction_id)
    found = preview_erasure(jurisdiction, key, texts=texts, erased_by=made_by)
    if not found.requests and not found.elsewhere and not found.held:
        click.echo("There is no personal data to erase.")
        return
    _print(found)
    for name in found.held:
        click.echo(f"{name}: legal hold, so nothing is erased")
    if not yes:
        click.confirm("Erase this data? You cannot undo this.", abort=True)
    done = erase_personal_data(
        jurisdiction, key, texts=texts, erased_by=made_by, reason=reason.strip()
    )
    media_store().remove_photos(done.photos)
    click.echo(f"Personal data erased from {_number(len(done.requests), 'request', 'requests')}.")


def _key(email: str | None, phone: str | None, request: str | None) -> PersonKey:
    given = {"email": email, "phone": phone, "request": request}
    keys = [(basis, one) for basis, one in given.items() if one is not None]
    if len(keys) != 1:
        raise click.UsageError("Enter one of --email, --phone, and --request.")
    [(basis, value)] = keys
    key = PersonKey(basis=basis, value=value, digest=digest_of_person(basis, value))
    if key.basis == "email" and "@" not in key.value.strip(" @"):
        raise click.UsageError("--email must be a whole email address.")
    if key.basis == "phone" and len(digits_of(key.value)) < SHORTEST_PHONE:
        raise click.UsageError(f"--phone must have at least {SHORTEST_PHONE} digits.")
    return key


def _print(found: ErasureResult) -> None:
    for one in found.requests:
        click.echo(f"{one.name}: {_in_words(one.counts)}")
    if found.elsewhere:
        click.echo(f"Outside of requests: {_in_words(found.elsewhere)}")


def _in_words(counts: Mapping[str, int]) -> str:
    return ", ".join(_number(counts[kind], *KINDS[kind]) for kind in KINDS if kind in counts)


def _number(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


@people_commands.command()
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="Number of records."
)
@jurisdiction_option
def erasures(limit: int, jurisdiction_id: str | None) -> None:
    """List the newest erasures of personal data, oldest first.

    \b
    Example:
      open311 people erasures
    """
    for one in list_erasures(get_jurisdiction(jurisdiction_id).jurisdiction_id, limit):
        where = one.name or "outside of requests"
        reason = f" ({one.reason})" if one.reason else ""
        basis = f"rule for {one.series}" if one.series else one.basis
        counts = _in_words(one.counts)
        click.echo(
            f"{one.erased_at:%Y-%m-%d %H:%M} UTC {where}: {counts}; by {basis}, "
            f"{one.erased_by}{reason}"
        )
