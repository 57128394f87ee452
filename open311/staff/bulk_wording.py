"""What a bulk action does, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from open311.messages import CATALOG
from open311.messages.problem import Problem
from open311.queries.city import City
from open311.queries.requests.bulk import Untouched
from open311.staff.wording import status_name
from open311.web.languages import say
from open311.web.languages import say as _
from open311.web.page_problems import page_sentence
from schemas.vocabulary import bulk
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.priorities import PRIORITY_NAMES


def action_name(action: str) -> str:
    """Return the name of a bulk action."""
    return say(bulk.BULK_ACTION_NAMES[action])


def obstacle_name(obstacle: str) -> str:
    """Return why an action cannot be done with some requests."""
    return say(bulk.OBSTACLE_NAMES[obstacle])


def list_fields(city: City, action: str, fields: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """List what was entered for a bulk action, with labels; without what is empty."""
    return [(label, text) for label, text in _FIELDS[action](city, fields) if text]


def sentence_of(one: Untouched) -> str:
    """Return why a request was not changed, or not restored."""
    message = CATALOG[one.problem["key"]]
    return page_sentence(Problem(message, one.problem["values"]))


Told = Iterator[tuple[str, str]]


def _nothing(_city: City, _fields: Mapping[str, Any]) -> Told:
    yield from ()


def _assignee(_city: City, fields: Mapping[str, Any]) -> Told:
    yield _("Assignee"), fields["name"] or _("Unassigned")


def _department(city: City, fields: Mapping[str, Any]) -> Told:
    code = fields["department"]
    yield _("Department"), dict(city.departments).get(code, code)
    yield _("Reason"), fields["reason"]


def _status(_city: City, fields: Mapping[str, Any]) -> Told:
    yield _("Status"), status_name(fields["status"])
    yield _("Public note"), fields["status_notes"]
    yield _("Internal note"), fields["internal_note"]


def _template(_city: City, fields: Mapping[str, Any]) -> Told:
    yield _("Response template"), fields["name"]
    yield _("Status"), status_name(fields["status"])
    for language, note in fields["notes"].items():
        yield _("Public note (%(language)s)", language=LANGUAGES[language]), note
    yield _("Internal note"), fields["internal_note"]


def _service(city: City, fields: Mapping[str, Any]) -> Told:
    code = fields["service_code"]
    names = (one.service_name for one in city.service_names if one.service_code == code)
    yield _("Service"), next(names, code)


def _main(_city: City, fields: Mapping[str, Any]) -> Told:
    yield _("Original request number"), fields["main"]


def _priority(_city: City, fields: Mapping[str, Any]) -> Told:
    yield _("Priority"), say(PRIORITY_NAMES[fields["priority"]])


def _tags(_city: City, fields: Mapping[str, Any]) -> Told:
    yield _("Tags"), ", ".join(fields["tags"])


_FIELDS = {
    bulk.ACKNOWLEDGE: _nothing,
    bulk.ASSIGN: _assignee,
    bulk.TRANSFER: _department,
    bulk.UPDATE_STATUS: _status,
    bulk.RESPOND: _template,
    bulk.CHANGE_SERVICE: _service,
    bulk.LINK: _main,
    bulk.APPROVE: _nothing,
    bulk.SET_PRIORITY: _priority,
    bulk.ADD_TAGS: _tags,
    bulk.REMOVE_TAGS: _tags,
}
