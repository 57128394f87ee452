"""Bulk actions before they are done: what their fields name, and what is in the way of each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from open311.errors import Conflict, InvalidParameters, NotFound
from open311.messages.bulk import BULK_ORIGINAL_CLOSED
from open311.messages.requests import RESPONSE_UNKNOWN
from open311.messages.routing import TRANSFER_REASON
from open311.queries.catalog.departments import get_department
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo, get_user
from open311.queries.requests.bulk_state import Candidate
from open311.queries.requests.responses import get_response
from open311.queries.routing.stored import Routed, get_routed
from open311.roles import may_work
from open311.steps.values.tags import check_tags
from schemas.vocabulary import bulk
from schemas.vocabulary.priorities import RANK_OF
from schemas.vocabulary.statuses import CLOSED
from schemas.vocabulary.tags import TAGS_LIMIT

Fields = Mapping[str, Any]
"""The fields of the form of an action, as BulkChange keeps them."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An action, and the records that its fields name."""

    action: str
    fields: Fields
    by: UserInfo
    department_id: int | None = None
    assignee: UserInfo | None = None
    service_id: int | None = None
    service_type: str = ""
    main: Routed | None = None


def complete_fields(jurisdiction: Scope, action: str, fields: Fields) -> Fields:
    """Return the fields with the content of a response template, as it is now.

    Raises NotFound for an unknown one, and for one without a status.
    """
    if action != bulk.RESPOND:
        return fields
    found = get_response(jurisdiction.jurisdiction_id, fields["response"])
    if found.detailed_status is None:
        raise NotFound(RESPONSE_UNKNOWN, field="response")
    return {
        **fields,
        "name": found.name,
        "status": found.detailed_status,
        "internal_note": found.internal_note,
        "notes": dict(found.notes),
        "services": list(found.services),
    }


def read_plan(jurisdiction: Scope, action: str, fields: Fields, by: UserInfo) -> Plan:
    """Return the plan of an action; raises NotFound, InvalidParameters, and Conflict."""
    plan = Plan(action=action, fields=fields, by=by)
    read = _READ.get(action)
    return plan if read is None else read(jurisdiction, plan)


def _read_department(jurisdiction: Scope, plan: Plan) -> Plan:
    department = get_department(jurisdiction.jurisdiction_id, plan.fields["department"])
    if not plan.fields["reason"].strip():
        raise InvalidParameters(TRANSFER_REASON, field="reason")
    return _with(plan, department_id=department.id)


def _read_assignee(jurisdiction: Scope, plan: Plan) -> Plan:
    name = plan.fields["name"]
    assignee = None if name is None else get_user(jurisdiction.jurisdiction_id, name)
    return _with(plan, assignee=assignee)


def _read_service(jurisdiction: Scope, plan: Plan) -> Plan:
    service = get_service(jurisdiction.jurisdiction_id, plan.fields["service_code"])
    return _with(plan, service_id=service.id, service_type=service.type)


def _read_main(jurisdiction: Scope, plan: Plan) -> Plan:
    main = get_routed(jurisdiction, plan.fields["main"].strip())
    if main.status == CLOSED:
        raise Conflict(BULK_ORIGINAL_CLOSED, field="main", main=main.public_name)
    return _with(plan, main=main)


def _read_tags(_jurisdiction: Scope, plan: Plan) -> Plan:
    check_tags(plan.fields["tags"])
    return plan


_READ: Mapping[str, Callable[[Scope, Plan], Plan]] = {
    bulk.TRANSFER: _read_department,
    bulk.ASSIGN: _read_assignee,
    bulk.CHANGE_SERVICE: _read_service,
    bulk.LINK: _read_main,
    bulk.ADD_TAGS: _read_tags,
    bulk.REMOVE_TAGS: _read_tags,
}


def _with(plan: Plan, **more: Any) -> Plan:
    return Plan(**{**vars(plan), **more})


@dataclass(frozen=True)
class Checked:
    """The requests that an action can change, and the numbers of others by what is in the way."""

    able: Sequence[Candidate]
    in_the_way: Mapping[str, int]

    @property
    def total(self) -> int:
        """The number of all of them."""
        return len(self.able) + sum(self.in_the_way.values())

    @property
    def counted(self) -> str:
        """What someone confirms: the numbers, and a digest of the requests as they are now."""
        exactly = sorted((one.pk, one.change_number) for one in self.able)
        digest = blake2b(repr(exactly).encode(), digest_size=8).hexdigest()
        return f"{self.total}:{len(self.able)}:{digest}"


def check_all(plan: Plan, found: Sequence[Candidate]) -> Checked:
    """Return which requests can be changed; most frequent obstacles first."""
    obstacles = [find_obstacle(plan, one) for one in found]
    able = [one for one, obstacle in zip(found, obstacles, strict=True) if not obstacle]
    return Checked(able, dict(Counter(filter(None, obstacles)).most_common()))


def find_obstacle(plan: Plan, one: Candidate) -> str:
    """Return what is in the way of an action, a key of OBSTACLE_NAMES; empty if nothing is."""
    if not may_work(plan.by, one.department_id):
        return "rights"
    if plan.action in bulk.OF_OPEN_REQUESTS and one.status == CLOSED:
        return "closed"
    return _OBSTACLES[plan.action](plan, one)


def _acknowledged(_plan: Plan, one: Candidate) -> str:
    return "" if one.accepted_at is None else "acknowledged"


def _assigned(plan: Plan, one: Candidate) -> str:
    assignee = plan.assignee
    if assignee is None:
        return "assigned" if one.assigned_user_id is None else ""
    if assignee.disabled_at is not None or not may_work(assignee, one.department_id):
        return "assignee"
    return "assigned" if one.assigned_user_id == assignee.id else ""


def _transferred(plan: Plan, one: Candidate) -> str:
    return "department" if one.department_id == plan.department_id else ""


def _has_status(plan: Plan, one: Candidate) -> str:
    wanted = plan.fields["status"], plan.fields["status_notes"].strip()
    same = (one.detailed_status, one.status_notes) == wanted
    return "status" if same and not plan.fields["internal_note"].strip() else ""


def _of_template(plan: Plan, one: Candidate) -> str:
    services = plan.fields["services"]
    return "template" if services and one.service_code not in services else ""


def _of_service(plan: Plan, one: Candidate) -> str:
    if one.service_id == plan.service_id:
        return "service"
    differs = (plan.service_type == "blackbox") != (one.service_type == "blackbox")
    return "visibility" if differs else ""


def _linked(plan: Plan, one: Candidate) -> str:
    main = plan.main
    if main is None:
        return "duplicate"
    original = main.pk if main.duplicate_of_pk is None else main.duplicate_of_pk
    return "duplicate" if original in (one.pk, one.duplicate_of_pk) else ""


def _approved(_plan: Plan, one: Candidate) -> str:
    return "approved" if one.has_number else ""


def _has_priority(plan: Plan, one: Candidate) -> str:
    return "priority" if one.priority == RANK_OF[plan.fields["priority"]] else ""


def _has_tags(plan: Plan, one: Candidate) -> str:
    together = {*one.tags, *plan.fields["tags"]}
    if len(together) == len(one.tags):
        return "tags"
    return "many_tags" if len(together) > TAGS_LIMIT else ""


def _lacks_tags(plan: Plan, one: Candidate) -> str:
    return "" if {*one.tags} & {*plan.fields["tags"]} else "no_tags"


_OBSTACLES: Mapping[str, Callable[[Plan, Candidate], str]] = {
    bulk.ACKNOWLEDGE: _acknowledged,
    bulk.ASSIGN: _assigned,
    bulk.TRANSFER: _transferred,
    bulk.UPDATE_STATUS: _has_status,
    bulk.RESPOND: _of_template,
    bulk.CHANGE_SERVICE: _of_service,
    bulk.LINK: _linked,
    bulk.APPROVE: _approved,
    bulk.SET_PRIORITY: _has_priority,
    bulk.ADD_TAGS: _has_tags,
    bulk.REMOVE_TAGS: _lacks_tags,
}
