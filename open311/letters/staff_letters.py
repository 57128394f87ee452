"""Emails to staff: what happened to requests, the numbers of a day, and links for passwords.

They contain nothing that a requester wrote, and nothing of a confidential request but its number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask import current_app

from open311.letters import staff_texts as texts
from open311.letters.report_tables import html_table, plain_table, tell_report
from open311.mail.envelope import Letter
from open311.mail.frame import frame
from open311.mail.markup import Link, escape, fill_line, fill_markdown, to_html, to_plain
from open311.operations.telling.send_staff import StaffOutgoing
from open311.queries.city import City
from open311.queries.requests.due_dates import look_overdue_since
from open311.queries.search.staff_counts import count_all
from open311.queries.telling.staff import StaffFacts
from open311.web.catalog_words import CatalogWords
from open311.web.dates import day_words, moment_words
from open311.web.insights.figure import Figure
from open311.web.languages import read_messages
from open311.web.parameters import parse, public_address
from open311.web.staff_criteria import criteria_of
from open311.web.work_queue import PARTS, Part
from schemas.search.staff_find import FindSchema
from schemas.vocabulary import notices

MOST_LISTED = 20
"""Requests that an email lists; it links to the list of the others."""


def write_staff_letter(outgoing: StaffOutgoing, city: City) -> Letter | None:
    """Return what an email says to its recipient; None if there is nothing to tell that day."""
    writer = _Writer(outgoing, city)
    if outgoing.kind == notices.DAY:
        return writer.day()
    if outgoing.kind == notices.WEEKLY:
        return writer.week()
    if outgoing.kind in texts.TEXTS:
        return writer.requests()
    return writer.account()


class _Writer:
    """An email in the language of its recipient."""

    def __init__(self, outgoing: StaffOutgoing, city: City) -> None:
        self.outgoing, self.city, self.to = outgoing, city, outgoing.to
        self.language = self.to.language
        self.catalog = CatalogWords(city, self.language)

    def say(self, message: str) -> str:
        """Return a message of the catalog in the recipient's language."""
        return str(read_messages(self.language).gettext(message)) if message else ""

    def requests(self) -> Letter:
        """Return an email about one event, with a line for each request."""
        items, text = self.outgoing.items, texts.TEXTS[self.outgoing.kind]
        values = {**self._values(), **self._of(items[0])}
        subject = text.subject if len(items) == 1 else text.subject_of_many
        body = [fill_markdown(self.say(one), values) for one in text.body]
        return self._letter(subject, [*body, *self._list(items)], values)

    def day(self) -> Letter | None:
        """Return the numbers of the work queue, each a link, and what has happened."""
        numbers = [one for one in self._numbers() if one is not None]
        if not numbers and not self.outgoing.items:
            return None
        body = [f"## {escape(self.say(texts.NUMBERS))}", "\n".join(numbers)] if numbers else []
        for kind, items in groupby(sorted(self.outgoing.items, key=_event), key=_event):
            body += [f"## {escape(self.say(texts.NEWS_NAMES[kind]))}", *self._list(list(items))]
        return self._letter(texts.DAY_SUBJECT, body, self._values())

    def week(self) -> Letter | None:
        """Return the report of a week, of the recipient's department if there is one."""
        stored, id_ = self.outgoing.report, self.to.department_id
        name = "" if id_ is None else self.city.department_names[id_]
        code = next((code for code, known in self.city.departments if known == name), "")
        told = None if stored is None else tell_report(stored, code, self.language)
        if told is None:
            return None
        place = {"department": code} if code else {}
        values = {
            **self._values(),
            "week": told.title,
            "report_link": _page("staff_reports.show", week=told.code, **place),
        }
        as_of = moment_words(told.made_at, self.city.scope.zone, self.language)
        sentences = "\n".join(f"- {escape(one)}" for one in told.sentences)
        note = fill_markdown(self.say(texts.WEEKLY_NOTE), {"moment": as_of})
        link = fill_markdown(self.say(texts.WEEKLY_LINK), values)
        body = [sentences, note, link]
        return self._letter(texts.WEEKLY_SUBJECT, body, values, tables=told.figures)

    def account(self) -> Letter:
        """Return an email about an account, a test, or that a webhook was paused."""
        kind = self.outgoing.kind
        text = {
            notices.INVITATION: texts.INVITATION,
            notices.PASSWORD_RESET: texts.PASSWORD_RESET,
            notices.EMAIL_CHANGE: texts.EMAIL_CHANGE,
            notices.EMAIL_CHANGED: texts.EMAIL_CHANGED,
            notices.TEST: texts.TEST,
            notices.WEBHOOK_PAUSED: texts.WEBHOOK_PAUSED,
        }[kind]
        until = self.outgoing.valid_until
        values = {
            **self._values(),
            "until": moment_words(until, self.city.scope.zone, self.language),
            "password_link": _page("staff_password.choose", token=self.outgoing.token or "-"),
            "email_link": _page("staff_email.confirm", token=self.outgoing.token or "-"),
            "hosts": ", ".join(self.outgoing.hosts),
            "webhooks_link": _page("staff_webhooks.index"),
        }
        is_of_account = until or kind == notices.EMAIL_CHANGED
        foot = texts.FOOT_OF_ACCOUNT if is_of_account else None
        if kind == notices.WEBHOOK_PAUSED:
            foot = texts.FOOT_OF_ADMINISTRATOR
        body = [fill_markdown(self.say(one), values) for one in text.body]
        return self._letter(text.subject, body, values, foot)

    def _letter(
        self,
        subject: str,
        body: Iterable[str],
        values: Mapping[str, str],
        foot: Sequence[str] | None = None,
        tables: Sequence[Figure] = (),
    ) -> Letter:
        line = fill_line(self.say(subject), values)
        usual = texts.FOOT_OF_USER if self.to.is_user else texts.FOOT_OF_MAILBOX
        footer = "\n\n".join(fill_markdown(self.say(one), values) for one in foot or usual)
        whole = "\n\n".join(filter(None, body))
        html = frame(
            to_html(whole) + "".join(map(html_table, tables)),
            to_html(footer),
            subject=line,
            city=self.city.scope.name,
            language=self.language,
        )
        said = "".join(f"\n{plain_table(one)}" for one in tables)
        plain = f"{to_plain(whole)}{said}\n-- \n{to_plain(footer)}"
        list_id = f"staff.{self.city.scope.jurisdiction_id}"
        return Letter(subject=line, plain=plain, html=html, list_id=list_id)

    def _values(self) -> dict[str, str]:
        count = len(self.outgoing.items)
        day = self.outgoing.day
        noon = (
            datetime(day.year, day.month, day.day, 12, tzinfo=self.city.scope.zone) if day else None
        )
        return {
            "city": self.city.scope.name,
            "count": str(count),
            "more": str(count - MOST_LISTED) if count > MOST_LISTED else "",
            "user": self.to.name if self.to.is_user else "",
            "mailbox": "" if self.to.is_user else self._department(self.to.id),
            "department": self._department(self.to.department_id),
            "date": day_words(noon, self.city.scope.zone, self.language, "MMMM"),
            "for_days": "" if self.to.is_user else "true",
            "choices_link": _page("staff_notices.show"),
            "list_link": _page("staff_finding.index", status="open"),
        }

    def _department(self, id_: int | None) -> str:
        return self.catalog.department_of(id_) if id_ is not None else ""

    def _of(self, item: StaffFacts) -> dict[str, str]:
        """Return the values of a request."""
        is_confidential = item.service_type == "blackbox"
        service = self.catalog.service_name(item.service_code, item.service_name)
        return {
            "id": item.name,
            "link": _page("staff_requests.show", service_request_id=item.name),
            "service": "" if is_confidential else service,
            "place": "" if is_confidential else item.address or "",
            "due": moment_words(item.due, self.city.scope.zone, self.language),
            "who": item.who,
            "from": self._department(item.from_department),
            "reason": item.reason,
        }

    def _list(self, items: Sequence[StaffFacts]) -> list[str]:
        """Return the requests as a list, MOST_LISTED at most, and how many more there are."""
        many = len(items) > MOST_LISTED
        values = {**self._values(), "more": str(len(items) - MOST_LISTED) if many else ""}
        lines = "\n".join(f"- {self._line(one)}" for one in items[:MOST_LISTED])
        return [lines, fill_markdown(self.say(texts.MORE), values)]

    def _line(self, item: StaffFacts) -> str:
        values = self._of(item)
        lines = [texts.ITEM, self.say(texts.DUE)]
        if item.kind == notices.ASSIGNED:
            lines.append(self.say(texts.BY))
        if item.kind == notices.HANDED_OVER:
            lines.append(self.say(texts.FROM))
        filled = (fill_markdown(one, values).replace("\n", " ") for one in lines)
        return "\\\n  ".join(filter(None, filled))

    def _numbers(self) -> Iterable[str | None]:
        """Yield the sections of the work queue that are not empty, as its page counts them."""
        department = None
        if self.to.department_id is not None:
            department = self.city.department_names[self.to.department_id]
        for part in PARTS:
            if self.to.is_user or not part.of_mine:
                yield self._number(part, department)

    def _number(self, part: Part, department: str | None) -> str | None:
        filters = part.filters_of(department)
        number = count_part(self.city, filters, self.to.name)
        if not number:
            return None
        link = Link(f"{_page('staff_finding.index')}?{urlencode(filters)}")
        values = {
            "title": self.say(part.title_for(department)),
            "number": format_decimal(number, locale=self.language),
            "link": link,
        }
        return fill_markdown("- [((title)): ((number))](((link)))", values)


def count_part(city: City, filters: Mapping[str, str], reader: str) -> int:
    """Count what the list of staff finds with filters, for a user by name."""
    scope = city.scope
    asked = parse(FindSchema(scope.zone), {name: [value] for name, value in filters.items()})

    def look_overdue() -> datetime:
        return look_overdue_since(scope, city.guide.calendar, datetime.now(UTC))

    return count_all(scope, criteria_of(asked, None, reader, scope, look_overdue))


def _event(item: StaffFacts) -> str:
    return item.kind


def _page(endpoint: str, **values: str) -> Link:
    """Return the URL of a page of the workspace; there may be no HTTP request."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return Link(f"{public_address()}{path}")
