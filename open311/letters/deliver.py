"""Delivery: what happened becomes messages, and messages become emails."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from open311.database import Lock, end_reads, only_process
from open311.letters.alert_letters import write_alert_letter
from open311.letters.mail_settings import AnyOutgoing, MailSettings, mail_settings
from open311.letters.staff_letters import write_staff_letter
from open311.letters.text_messages import write_text
from open311.letters.write import write_letter
from open311.logs import log_failure
from open311.mail.envelope import Letter, write_email
from open311.mail.transport import Post, Refusal, open_post
from open311.operations.telling.collect_alerts import collect_alerts
from open311.operations.telling.outcomes import (
    end_interrupted,
    postpone_due,
    store_refused,
    store_sent,
)
from open311.operations.telling.send import Outgoing, begin_sending
from open311.operations.telling.send_alerts import AlertOutgoing, begin_sending_alert
from open311.operations.telling.send_staff import (
    StaffOutgoing,
    begin_sending_to_staff,
    drop_empty_day,
)
from open311.operations.telling.tell import tell_due
from open311.operations.telling.tell_staff import tell_by_clock, tell_staff_due
from open311.queries.city import City
from open311.queries.jurisdictions import list_jurisdictions
from open311.queries.telling.alert_turns import list_behind
from open311.queries.telling.messages import find_others, list_due
from open311.sms.settings import TextGateway
from open311.web.freshness import snapshots
from schemas.vocabulary.telling import SMS

log = logging.getLogger(__name__)

NOTHING = Refusal("There was nothing to tell.")

NOT_TAKEN = Refusal("The gateway did not say that it has taken the text message.", is_final=True)
"""It is not sent again by itself, as it may have been sent, and each one costs money."""

MOST_BATCHES = 20
"""Batches of one turn, each over a connection of its own."""


def deliver(
    now: datetime | None = None,
    rest: Callable[[], None] = lambda: None,
    is_ending: Callable[[], bool] = lambda: False,
) -> int:
    """Make messages of what happened, send those that are due, and return how many were sent.

    Does nothing without email, and while another process does it. now is aware, for tests. rest is
    called after each piece of work, outside of transactions. Once is_ending returns True, no other
    message begins: what has begun and is not sent counts as an attempt.
    """
    settings = mail_settings()
    if settings is None:
        return 0
    with only_process(Lock.SENDER) as is_only_one:
        if not is_only_one:
            return 0
        end_interrupted(now or datetime.now(UTC))
        while not is_ending() and tell_due(settings.rules.secret_key, now or datetime.now(UTC)):
            rest()
        while not is_ending() and tell_staff_due(now or datetime.now(UTC)):
            rest()
        sent = 0
        for _batch in range(MOST_BATCHES):
            number, has_more = _send_batch(settings, now, rest, is_ending)
            sent += number
            if not has_more:
                break
        return sent


def look_at_clock(now: datetime | None = None) -> None:
    """Store what only the clock tells staff of all cities. now is aware, for tests.

    A failure in one city is logged, and raised after the others.
    """
    if mail_settings() is None:
        return
    failures: list[Exception] = []
    for jurisdiction in list_jurisdictions():
        try:
            tell_by_clock(jurisdiction, now or datetime.now(UTC))
        except Exception as error:
            log_failure(log, f"The clock of {jurisdiction.jurisdiction_id}", error)
            failures.append(error)
    if failures:
        raise ExceptionGroup("look_at_clock", failures)


def collect(now: datetime | None = None) -> None:
    """Let the messages of alerts tell what has changed in all cities.

    Does nothing without email. A failure in one city is logged, and raised after the others. now is
    aware, for tests.
    """
    if mail_settings() is None:
        return
    failures: list[Exception] = []
    for jurisdiction_id in list_behind():
        try:
            while collect_alerts(jurisdiction_id, now or datetime.now(UTC)):
                pass
        except Exception as error:
            log_failure(log, f"The alerts of {jurisdiction_id}", error)
            failures.append(error)
    if failures:
        raise ExceptionGroup("collect", failures)


_BEGINNINGS: Mapping[bool | None, Callable[..., AnyOutgoing | None]] = {
    None: begin_sending,
    True: begin_sending_alert,
    False: begin_sending_to_staff,
}
"""What marks a message as being sent, as find_others tells them apart."""


def _send_batch(
    settings: MailSettings,
    now: datetime | None,
    rest: Callable[[], None],
    is_ending: Callable[[], bool],
) -> tuple[int, bool]:
    """Send some messages, and return their number, and whether there may be more to send now."""
    due = list_due(now or datetime.now(UTC), settings.per_hour)
    if not due:
        return 0, False
    cities = snapshots().current().cities
    others = find_others(due)
    sent = 0
    taken: int | None = None  # the last message, until that is stored
    with open_post(settings.outlet, settings.sender) as post:
        try:
            for message_id in due:
                if is_ending():
                    return sent, False
                moment = now or datetime.now(UTC)
                begin = _BEGINNINGS[others.get(message_id)]
                outgoing = begin(message_id, settings.rules, moment, taken)
                taken = None
                if outgoing is None:
                    continue
                rest()  # here a kill makes this one wait, and repeats none
                refusal = _send(outgoing, cities, settings, post, moment)
                if refusal is None:
                    taken = message_id
                    sent += 1
                elif refusal is not NOTHING and _is_end(message_id, refusal, moment):
                    break  # text messages do not wait with them
        finally:
            if taken is not None:
                store_sent(taken, now or datetime.now(UTC))
    return sent, True


def _is_end(message_id: int, refusal: Refusal, now: datetime) -> bool:
    """Store why a message was not taken, and return whether no other would be."""
    store_refused(
        message_id,
        refusal.sentence,
        now,
        is_final=refusal.is_final,
        is_unknown_address=refusal.is_unknown_address,
    )
    if refusal.is_about_all:
        postpone_due(now)
        log.warning("Emails wait, as the mail server refuses them: %s", refusal.sentence)
    return refusal.is_about_all


def _write(outgoing: AnyOutgoing, cities: Mapping[str, City]) -> tuple[Letter | None, str]:
    """Return what an email says, None if it has nothing to tell, and its address."""
    if isinstance(outgoing, StaffOutgoing):
        to = outgoing.to
        return write_staff_letter(outgoing, cities[to.jurisdiction_id]), to.email
    if isinstance(outgoing, AlertOutgoing):
        return write_alert_letter(outgoing, cities[outgoing.jurisdiction_id]), outgoing.address
    city = cities[outgoing.facts.jurisdiction_id]
    return write_letter(outgoing, city), outgoing.recipient.address


def _send(
    outgoing: AnyOutgoing,
    cities: Mapping[str, City],
    settings: MailSettings,
    post: Post,
    now: datetime,
) -> Refusal | None:
    """Write an email and hand it to the mail server; return why that was not possible.

    Returns NOTHING, and drops the message, if it has nothing to tell.
    """
    if settings.gateway is not None and isinstance(outgoing, Outgoing) and outgoing.channel == SMS:
        return _send_text(outgoing, cities, settings.gateway)
    try:
        letter, address = _write(outgoing, cities)
        if letter is None:
            drop_empty_day(outgoing.id)
            return NOTHING
        end_reads()  # the mail server may be slow: no transaction waits for it
        message_id = settings.message_id(outgoing.id, outgoing.made_at)
        reply_to = settings.reply_to(outgoing)
        email = write_email(letter, settings.sender, address, message_id, now, reply_to)
    except Exception as error:  # the others must not wait for this one
        reference = log_failure(log, f"Email {outgoing.id}", error)
        return Refusal(f"The email was not written. For details, see the log at {reference}.")
    try:
        post.send(email, address, settings.return_path(outgoing.id))
    except Refusal as refusal:
        return refusal
    return None


def _send_text(
    outgoing: Outgoing, cities: Mapping[str, City], gateway: TextGateway
) -> Refusal | None:
    """Write a text message and hand it to the gateway; return why that was not possible."""
    try:
        text = write_text(outgoing, cities[outgoing.facts.jurisdiction_id])
        end_reads()
    except Exception as error:  # the others must not wait for this one
        reference = log_failure(log, f"Text message {outgoing.id}", error)
        return Refusal(f"The text was not written. For details, see the log at {reference}.")
    try:
        is_taken = gateway.send(outgoing.recipient.address, text)
    except Exception as error:
        log_failure(log, f"Text message {outgoing.id}", error)
        return NOT_TAKEN
    return None if is_taken else NOT_TAKEN
