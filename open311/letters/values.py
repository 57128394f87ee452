"""The values of placeholders in emails: what this very recipient may read, in their language."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from open311.mail.markup import Link
from open311.operations.telling.send import Outgoing
from open311.queries.city import City
from open311.queries.telling.facts import ToldStep
from open311.web.catalog_words import CatalogWords
from open311.web.dates import day_words
from open311.web.languages import read_messages
from open311.web.site import site_address
from schemas.vocabulary.progress import PROGRESS
from schemas.vocabulary.statuses import CLOSED_STATUSES, DUPLICATE, OF_OTHERS
from schemas.vocabulary.telling import CLOSED, CONFIRM, QUESTION

PUBLIC_PAGE, TRACK_PAGE, FOLLOW_PAGE, STOP_PAGE, ALERT_PAGE = "r", "track", "f", "u", "a"
"""First parts of the paths of pages that links lead to."""


def page_of(city: City, *parts: str, path: str = "") -> Link:
    """Return the URL of a page of a city's website by the parts of its path, or by its path."""
    if city.site is None:
        raise ValueError("a city without a website has no pages")
    return Link(f"{site_address(city.site)}{path or '/' + '/'.join(parts)}")


class Reading:
    """An email as one recipient reads it."""

    def __init__(self, outgoing: Outgoing, city: City) -> None:
        self.outgoing, self.city = outgoing, city
        self.facts, self.recipient = outgoing.facts, outgoing.recipient
        self.language = self.recipient.language
        self.catalog = CatalogWords(city, self.language)
        self.is_confidential = self.facts.service_type == "blackbox"
        self.reads_texts = self.recipient.is_verified and not self.is_confidential
        """Whether notes and photos are shown: to those who own the address, and in public."""

    def say(self, message: str, **values: str) -> str:
        """Return a message of the catalog in the reader's language."""
        text = read_messages(self.language).gettext(message)
        return text % values if values else text

    def values(self) -> Mapping[str, str]:
        """Return the values of all placeholders; those that are not known are empty."""
        facts = self.facts
        return {
            "city": self.city.scope.name,
            "id": facts.service_request_id or "",
            "main_id": facts.main_id or "",
            "other": "" if facts.main_id else "true",
            "server": "" if self.is_confidential else facts.server,
            "number": "" if self.is_confidential else facts.number,
            "unpublished": "" if facts.public or self.is_confidential else "true",
            "reply": "true" if self.recipient.reply_code else "",
            **self._what(),
            **self._state(),
            **self._links(),
            **self._feedback(),
        }

    def _what(self) -> Mapping[str, str]:
        """Return what the request is about; nothing of a confidential one."""
        facts = self.facts
        if self.is_confidential:
            return dict.fromkeys(("service", "place", "department", "date"), "")
        # Anyone can type another's address, and anything as the place.
        place = facts.address if self.recipient.is_confirmed else facts.registered_address
        return {
            "service": self.catalog.service_name(facts.service_code, facts.service_name),
            "place": place or "",
            "department": self.department,
            "date": self._day(facts.requested_at),
        }

    @property
    def department(self) -> str:
        return self.catalog.department_name(self.facts.department_code, self.facts.department)

    def _state(self) -> Mapping[str, str]:
        """Return the newest status; of a confidential request nothing but its word."""
        facts, steps = self.facts, self.facts.steps
        now = steps[-1].detailed_status if steps else facts.detailed_status
        word = {"status": self.say(PROGRESS[now].word)}
        if self.is_confidential:
            return {**dict.fromkeys(("sentence", "note", "earlier", "due_date"), ""), **word}
        is_due = now not in CLOSED_STATUSES and self.outgoing.kind != QUESTION
        return {
            **word,
            "sentence": self.say(PROGRESS[now].sentence, department=self.department),
            "note": self._note(steps),
            "earlier": self._earlier(steps),
            "due_date": self._day(facts.expected_datetime) if is_due else "",
        }

    def _note(self, steps: Sequence[ToldStep]) -> str:
        """Return the newest public note."""
        if not self.reads_texts:
            return ""
        return next((step.note for step in reversed(steps) if step.note), "")

    def _earlier(self, steps: Sequence[ToldStep]) -> str:
        """Return the statuses before the newest one that this email tells of, too."""
        words = [self.say(PROGRESS[step.detailed_status].word) for step in steps]
        earlier = [word for word, later in pairwise(words) if word != later]
        return ", ".join(earlier)

    def _links(self) -> Mapping[str, str]:
        facts, to = self.facts, self.recipient
        own = self._page(TRACK_PAGE, to.track_token or "")
        public = self._page(PUBLIC_PAGE, facts.service_request_id or "")
        asks = self.outgoing.kind == CONFIRM or (to.is_reporter and not to.is_verified)
        confirm = self._page(FOLLOW_PAGE, to.follow_token)
        return {
            "link": own if to.track_token else public,
            "confirm_link": confirm if asks else "",
            "stop_link": self._page(STOP_PAGE, to.follow_token),
        }

    def _feedback(self) -> Mapping[str, str]:
        """Return the links of the question whether it is fixed, and until when "no" reopens it."""
        facts, token = self.facts, self.recipient.track_token
        kind = self.outgoing.kind
        closing = facts.steps[-1] if facts.steps else None
        is_asked = kind == CLOSED and closing is not None and closing.detailed_status != DUPLICATE
        if not (is_asked and token and self.outgoing.asks) or facts.main_id or closing is None:
            return dict.fromkeys(("yes_link", "no_link", "reopen_by"), "")
        page = self._page(TRACK_PAGE, token)
        until = closing.at + timedelta(days=facts.reopen_days)
        return {
            "yes_link": Link(f"{page}?fixed=yes#fixed"),
            "no_link": Link(f"{page}?fixed=no#fixed"),
            "reopen_by": "" if closing.detailed_status in OF_OTHERS else self._day(until),
        }

    def _page(self, page: str, name: str) -> Link:
        return page_of(self.city, self.language, page, name)

    def one_click(self) -> str:
        """Return the URL that ends these emails when a mail program posts to it."""
        if self.outgoing.kind == CONFIRM or self.city.site is None:
            return ""
        return f"{site_address(self.city.site)}/{STOP_PAGE}/{self.recipient.follow_token}"

    def photos(self) -> Sequence[str]:
        """Return the names of the photos of staff that belong to the steps."""
        if not self.reads_texts:
            return ()
        return [name for step in self.facts.steps for name in step.photos]

    def _day(self, moment: datetime | None) -> str:
        return day_words(moment, self.city.scope.zone, self.language, "MMMM")
