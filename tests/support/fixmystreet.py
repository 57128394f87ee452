"""FixMyStreet as a client: its requests, and what it shows of the answers.

Written from its documented reading (spec 5.6 and 7.2); it uses no code of the product.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import requests
from servers import PATIENCE

STATES = {
    "fixed": "fixed - council",
    "not councils responsibility": "not responsible",
    "no further action": "unable to fix",
    "open": "confirmed",
    "closed": "fixed - council",
}
"""Its states for statuses of the standard and of its own extension; others are the same words."""

OPEN_STATES = {
    *("confirmed", "investigating", "planned", "in progress", "action scheduled", "for triage"),
}
VISIBLE_STATES = OPEN_STATES | {
    *("fixed - council", "not responsible", "unable to fix", "duplicate"),
    *("internal referral", "cancelled"),
}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_numbers = count(7000)


@dataclass
class Comment:
    """A comment of a problem; external_id is the ID of the update, once it was sent or received."""

    text: str
    by_city: bool
    state: str
    at: datetime
    number: int = field(default_factory=lambda: next(_numbers))
    external_id: str | None = None
    failures: int = 0


@dataclass
class Problem:
    """A report; external_id is its service_request_id, once that is known."""

    category: str
    detail: str
    non_public: bool
    answers: dict[str, str] = field(default_factory=dict)
    number: int = field(default_factory=lambda: next(_numbers))
    external_id: str | None = None
    state: str = "confirmed"
    group: str | None = None
    last_update: datetime = LONG_AGO
    comments: list[Comment] = field(default_factory=list)

    @property
    def page(self) -> list[str]:
        """The texts that its page shows, oldest first."""
        return [comment.text for comment in self.comments]


@dataclass(frozen=True)
class Contact:
    """A category, as its form shows it."""

    category: str
    service_code: str
    non_public: bool
    asks: tuple[str, ...]
    sets: tuple[str, ...]


class FixMyStreet:
    """An installation with one body, whose endpoint it polls; no call of it sends extensions."""

    def __init__(self, address: str, api_key: str, jurisdiction: str) -> None:
        self.endpoint = f"{address}/open311/v2/"
        self.api_key = api_key
        self.jurisdiction = jurisdiction
        self.contacts: dict[str, Contact] = {}
        self.problems: list[Problem] = []

    def populate_service_list(self) -> None:
        """Read the catalog, and the questions of services that have some."""
        self.contacts = {}
        for service in self._get("services.xml", {}):
            code = _text(service, "service_code")
            has_questions = _text(service, "metadata").lower() == "true"
            attributes = self._get(f"services/{code}.xml", {}) if has_questions else []
            asked = [one for one in attributes if _text(one, "automated") != "server_set"]
            keywords = _text(service, "keywords").split(",")
            contact = Contact(
                category=_text(service, "service_name").rstrip(),
                service_code=code,
                non_public="private" in keywords,
                asks=tuple(_text(one, "code") for one in asked),
                sets=tuple(_text(one, "code") for one in attributes if one not in asked),
            )
            self.contacts[contact.category] = contact

    def report(self, category: str, detail: str, **answers: str) -> Problem:
        """Accept a report of a resident; the nightly job sends it later."""
        contact = self.contacts[category]
        problem = Problem(category, detail, contact.non_public, answers)
        self.problems.append(problem)
        return problem

    def send_report(self, problem: Problem, *, answer_is_lost: bool = False) -> None:
        """Send a report that has no ID; ask for the token once, as its tries are seconds apart."""
        contact = self.contacts[problem.category]
        values = {**problem.answers, **{code: str(problem.number) for code in contact.sets}}
        form = {
            "description": f"{problem.detail}\n\nhttps://fms.example/report/{problem.number}\n",
            "service_code": contact.service_code,
            "first_name": "Kim",
            "last_name": "Hushed",
            "email": "kim@mail.example",
            "phone": "555 0100",
            "lat": "0.5",
            "long": "0.5",
            "media_url": "",
            **{f"attribute[{code}]": value for code, value in values.items()},
            "attribute[fixmystreet_id]": str(problem.number),
        }
        rows = self._post("requests.xml", form)
        if not answer_is_lost:
            problem.external_id = self._id(rows, "service_request_id")

    def comment(self, problem: Problem, text: str, state: str | None = None) -> Comment:
        """Accept a comment of a resident, who may say that the problem is fixed or not."""
        problem.state = state or problem.state
        one = Comment(text, by_city=False, state=problem.state, at=datetime.now(UTC))
        problem.comments.append(one)
        problem.last_update = one.at
        return one

    def send_comments(self, *, answer_is_lost: bool = False) -> None:
        """Send what was not sent; a comment waits for the older ones of its problem."""
        for problem in self.problems:
            for comment in problem.comments:
                if comment.by_city or comment.external_id or problem.external_id is None:
                    continue
                rows = self._post("servicerequestupdates.xml", self._update(problem, comment))
                found = None if answer_is_lost else self._id(rows, "update_id")
                comment.external_id = found
                if found is None:
                    comment.failures += 1
                    break

    def _update(self, problem: Problem, comment: Comment) -> dict[str, str]:
        status = "OPEN" if problem.state in OPEN_STATES else "CLOSED"
        return {
            "updated_datetime": f"{comment.at:%Y-%m-%dT%H:%M:%SZ}",
            "service_request_id": problem.external_id or "",
            "status": "FIXED" if problem.state.startswith("fixed") else status,
            "description": comment.text,
            "last_name": "Hushed",
            "first_name": "Kim",
            "email": "kim@mail.example",
            "update_id": str(comment.number),
        }

    def _id(self, rows: list[ET.Element], name: str) -> str | None:
        """Return the ID of an answer; for a token, what tokens/ has as service_request_id."""
        found = _text(rows[0], name) if rows else ""
        token = _text(rows[0], "token") if rows else ""
        if found or not token:
            return found or None
        [row] = self._get(f"tokens/{token}.xml", {})
        return _text(row, "service_request_id") or None

    def fetch_reports(self) -> None:
        """Import the reports of the last hour that it does not know."""
        start, end = _window(1)
        for row in self._get("requests.xml", {"start_date": start, "end_date": end}):
            id_, updated = _text(row, "service_request_id"), _text(row, "updated_datetime")
            on_map = id_ and _text(row, "lat") and _text(row, "long")
            if not on_map or self.find(id_) or not start <= updated <= end:
                continue
            category = _text(row, "service_name")
            private = category in self.contacts and self.contacts[category].non_public
            problem = Problem(category, _text(row, "description"), private, external_id=id_)
            problem.state = _state(_text(row, "status"))
            problem.last_update = datetime.fromisoformat(updated)
            self.problems.append(problem)

    def fetch_known(self) -> dict[str, str]:
        """Return the status of each report that it knows, asked for in one request."""
        known = ",".join(one.external_id for one in self.problems if one.external_id)
        rows = self._get("requests.xml", {"service_request_id": known})
        return {_text(row, "service_request_id"): _text(row, "status") for row in rows}

    def fetch_updates(self) -> None:
        """Import the updates of the last two hours that it does not know."""
        start, end = _window(2)
        asked = {"api_key": self.api_key, "start_date": start, "end_date": end}
        for row in self._get("servicerequestupdates.xml", asked):
            problem = self.find(_text(row, "service_request_id"))
            id_, updated = _text(row, "update_id"), _text(row, "updated_datetime")
            if problem is None or not id_ or not start <= updated <= end:
                continue
            if id_ not in [comment.external_id for comment in problem.comments]:
                self._import_update(problem, row, id_, datetime.fromisoformat(updated))

    def _import_update(self, problem: Problem, row: ET.Element, id_: str, at: datetime) -> None:
        extras = row.find("extras")
        if extras is not None and _text(extras, "category") in self.contacts:
            problem.category = _text(extras, "category")
            problem.group = _text(extras, "group") or None
        state, text = _state(_text(row, "status")), _text(row, "description")
        seen = state in VISIBLE_STATES
        if seen and at >= problem.last_update.replace(microsecond=0):
            problem.state = state
        problem.last_update = max(problem.last_update, at)
        if text:
            now = state if seen else problem.state
            problem.comments.append(Comment(text, by_city=True, state=now, at=at, external_id=id_))

    def find(self, external_id: str | None) -> Problem | None:
        found = (one for one in self.problems if one.external_id == external_id)
        return next(found, None)

    @property
    def public(self) -> list[Problem]:
        """The reports on its public pages."""
        return [problem for problem in self.problems if not problem.non_public]

    def _get(self, path: str, parameters: dict[str, str]) -> list[ET.Element]:
        url = f"{self.endpoint}{path}"
        asked = {**parameters, "jurisdiction_id": self.jurisdiction}
        answer = requests.get(url, params=asked, timeout=PATIENCE)
        assert answer.ok, answer.text
        root = ET.fromstring(answer.content)
        attributes = root.find("attributes")
        return list(root if attributes is None else attributes)

    def _post(self, path: str, form: dict[str, str]) -> list[ET.Element]:
        """Post a form; an error is an answer without rows, which fails and is tried again."""
        owner = {"jurisdiction_id": self.jurisdiction, "api_key": self.api_key}
        url = f"{self.endpoint}{path}"
        answer = requests.post(url, data={**form, **owner}, timeout=PATIENCE)
        return list(ET.fromstring(answer.content)) if answer.ok else []


def _text(element: ET.Element, name: str) -> str:
    return element.findtext(name) or ""


def _state(status: str) -> str:
    word = status.lower().replace("_", " ")
    return STATES.get(word, word)


def _window(hours: int) -> tuple[str, str]:
    """Return the last hours as it asks for them, to the second."""
    end = datetime.now(UTC)
    start = end - timedelta(hours=hours)
    return f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}"
