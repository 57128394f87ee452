"""Actions on a service request: each is a form that calls one operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marshmallow import Schema

from geo.coordinates import Point
from open311.messages.message import Message
from open311.messages.people import ADMINISTRATORS_ERASE
from open311.messages.retention import ADMINISTRATORS_HOLD
from open311.operations.people.erasure import PersonKey, erase_personal_data
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.assign import add_note, assign
from open311.operations.requests.change import change_service, move_pin
from open311.operations.requests.duplicates import link_duplicate, unlink_duplicate
from open311.operations.requests.legal_holds import set_legal_hold
from open311.operations.requests.priority import set_priority
from open311.operations.requests.status import change_status, resume, wait_for_reporter
from open311.operations.requests.tags import add_tags, remove_tags
from open311.operations.requests.triage import settle_triage
from open311.operations.requests.updates import accept_update
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.routing.department import hand_over, take_on, unpin
from open311.queries.requests.updates import get_pending_token
from open311.staff.action_input import ActionInput
from open311.staff.moderation import change_photo, change_text, decide, drop_note_photo
from open311.staff.pages import city_snapshot, leave_name
from open311.staff.service_questions import sent_answers
from open311.staff.wording import priority_name, status_name
from open311.web.accuracy import tolerance_of
from open311.web.languages import say as _
from open311.web.parameters import sent_values
from open311.web.sent_media import media_store, stored_media
from schemas.requests.bulk import TagsSchema
from schemas.requests.retention import LegalHoldSchema
from schemas.requests.staff_work import (
    AcceptCommentSchema,
    AssignSchema,
    ChangeServiceSchema,
    EraseSchema,
    HandOverSchema,
    HoldSchema,
    LinkSchema,
    ModeratePhotoSchema,
    ModerateTextSchema,
    MoveSchema,
    NoteSchema,
    PrioritySchema,
    RemovePhotoSchema,
    ReopenSchema,
    SeenSchema,
    StatusSchema,
    WaitSchema,
    WithdrawSchema,
)


@dataclass(frozen=True)
class Action:
    """The schema of a form and its operation; do returns a sentence about the result.

    refusal: only administrators may do it, and others get this message. is_last: who works through
    search results is usually done with the request then.
    """

    schema: type[Schema]
    do: Callable[[ActionInput], str]
    refusal: Message | None = None
    is_last: bool = False


def _take_on(doing: ActionInput) -> str:
    routed = take_on(doing.jurisdiction, doing.id, doing.by, doing.seen, doing.once)
    return _("Acknowledged for %(department)s.", department=routed.department)


def _hand_over(doing: ActionInput) -> str:
    department, reason = doing.sent["department"], doing.sent["reason"]
    routed = hand_over(doing.jurisdiction, doing.id, department, reason, doing.by, doing.seen)
    return _("Transferred to %(department)s.", department=routed.department)


def _unpin(doing: ActionInput) -> str:
    routed = unpin(doing.jurisdiction, doing.id, doing.by, doing.seen)
    return _(
        "Automatic routing is on again. The request is with %(department)s.",
        department=routed.department,
    )


def _change_status(doing: ActionInput) -> str:
    status = doing.sent["status"]
    with stored_media(doing.jurisdiction) as written:
        changed = change_status(
            doing.jurisdiction,
            doing.id,
            status,
            doing.sent["status_notes"].strip(),
            made_by=doing.by,
            internal_note=doing.sent.get("internal_note", "").strip(),
            media=written.media,
            seen=doing.seen,
            once=doing.once,
        )
    if changed == doing.id:
        done = _("Status updated: %(status)s.", status=status_name(status))
    else:
        done = _continued(doing, changed)
    lost = _("The photo could not be stored.")
    return f"{done} {lost}" if written.notice else done


def _reopen(doing: ActionInput) -> str:
    notes = doing.sent["status_notes"].strip()
    changed = change_status(
        doing.jurisdiction,
        doing.id,
        "open",
        notes,
        made_by=doing.by,
        with_duplicates=doing.sent["with_duplicates"],
        seen=doing.seen,
    )
    return _("Request reopened.") if changed == doing.id else _continued(doing, changed)


def _continued(doing: ActionInput, new: str) -> str:
    return _(
        "Request %(new)s continues this request, which was closed more than %(days)s days ago.",
        new=new,
        days=doing.jurisdiction.reopen_days,
    )


def _wait(doing: ActionInput) -> str:
    notes = doing.sent["status_notes"].strip()
    wait_for_reporter(doing.jurisdiction, doing.id, notes, doing.by, doing.seen)
    return _("Waiting for the requester. The due date is paused.")


def _resume(doing: ActionInput) -> str:
    resume(doing.jurisdiction, doing.id, doing.by, doing.seen)
    return _("Work resumed. The due date was extended by the time on hold.")


def _assign(doing: ActionInput) -> str:
    name = doing.sent["name"]
    assign(doing.jurisdiction, doing.id, name, doing.by, doing.seen)
    return _("Assigned to %(name)s.", name=name) if name else _("Assignment removed.")


def _note(doing: ActionInput) -> str:
    with stored_media(doing.jurisdiction) as written:
        text, photos = doing.sent["text"], written.photos
        add_note(doing.jurisdiction, doing.id, text, doing.by, doing.once, photos)
    done, lost = _("Internal note added."), _("The photo could not be stored.")
    return f"{done} {lost}" if written.notice else done


def _move(doing: ActionInput) -> str:
    point = Point(lat=doing.sent["lat"], long=doing.sent["long"])
    address = doing.sent["address_string"]
    tolerance = tolerance_of(None)
    routed = move_pin(
        doing.jurisdiction, doing.id, point, doing.by, doing.seen, address, tolerance=tolerance
    )
    return _(
        "Location changed. The request is now with %(department)s.", department=routed.department
    )


def _change_service(doing: ActionInput) -> str:
    code = doing.sent["service_code"]
    answers = sent_answers(city_snapshot(), doing.jurisdiction, sent_values())
    routed = change_service(
        doing.jurisdiction,
        doing.id,
        code,
        doing.by,
        doing.seen,
        answers,
        takes_priority=doing.sent["takes_priority"],
    )
    return _(
        "Service changed. The request is now with %(department)s.", department=routed.department
    )


def _link(doing: ActionInput) -> str:
    main = link_duplicate(
        doing.jurisdiction, doing.id, doing.sent["main"].strip(), doing.by, doing.seen
    )
    return _("Linked to %(main)s as a duplicate. It will close when %(main)s closes.", main=main)


def _unlink(doing: ActionInput) -> str:
    unlink_duplicate(doing.jurisdiction, doing.id, doing.by, doing.seen)
    return _("Duplicate link removed.")


def _prioritize(doing: ActionInput) -> str:
    priority = doing.sent["priority"]
    set_priority(doing.jurisdiction, doing.id, priority, doing.by, doing.seen)
    return _("Priority: %(priority)s.", priority=priority_name(priority))


def _tag(doing: ActionInput) -> str:
    add_tags(doing.jurisdiction, doing.id, doing.sent["tags"], doing.by, doing.seen)
    return _("Tags added.")


def _untag(doing: ActionInput) -> str:
    remove_tags(doing.jurisdiction, doing.id, doing.sent["tags"], doing.by, doing.seen)
    return _("Tags removed.")


def _settle(doing: ActionInput) -> str:
    settle_triage(doing.jurisdiction, doing.id, None, doing.by, doing.seen)
    return _("Marked as reviewed.")


def _accept(doing: ActionInput) -> str:
    id_ = accept_service_request(doing.jurisdiction, doing.id, doing.by, doing.seen)
    return _("Approved and published as %(id)s.", id=id_)


def _accept_comment(doing: ActionInput) -> str:
    token = get_pending_token(doing.jurisdiction, doing.id, int(doing.sent["update"]))
    accept_update(doing.jurisdiction, token)
    return _("Comment approved and published.")


def _withdraw(doing: ActionInput) -> str:
    reason = doing.sent["reason"].strip()
    photos = withdraw_service_request(
        doing.jurisdiction, doing.id, doing.by, reason, seen=doing.seen
    )
    media_store().remove_photos(photos)
    return _("Request withdrawn.")


def _erase(doing: ActionInput) -> str:
    erased = erase_personal_data(
        doing.jurisdiction,
        PersonKey(basis="request", value=doing.id),
        texts=doing.sent["texts"],
        erased_by=doing.by,
        reason=doing.sent["reason"].strip(),
    )
    media_store().remove_photos(erased.photos)
    if not erased.requests:
        return _("There is no personal data to erase.")
    return _("Personal data erased.")


def _keep(doing: ActionInput) -> str:
    leave_name()
    reason, until = doing.sent["reason"].strip(), doing.sent["until"]
    set_legal_hold(doing.jurisdiction, doing.id, reason, until, doing.by, doing.seen)
    return _("Legal hold set. Nothing is erased from this request.")


ACTIONS: Mapping[str, Action] = {
    "take-on": Action(SeenSchema, _take_on, is_last=True),
    "hand-over": Action(HandOverSchema, _hand_over, is_last=True),
    "unpin": Action(SeenSchema, _unpin),
    "status": Action(StatusSchema, _change_status, is_last=True),
    "close": Action(StatusSchema, _change_status, is_last=True),
    "reopen": Action(ReopenSchema, _reopen, is_last=True),
    "wait": Action(WaitSchema, _wait, is_last=True),
    "resume": Action(SeenSchema, _resume),
    "assign": Action(AssignSchema, _assign, is_last=True),
    "note": Action(NoteSchema, _note),
    "move": Action(MoveSchema, _move),
    "service": Action(ChangeServiceSchema, _change_service),
    "link": Action(LinkSchema, _link, is_last=True),
    "unlink": Action(SeenSchema, _unlink),
    "priority": Action(PrioritySchema, _prioritize),
    "tag": Action(TagsSchema, _tag),
    "untag": Action(TagsSchema, _untag),
    "settle": Action(SeenSchema, _settle, is_last=True),
    "accept": Action(SeenSchema, _accept, is_last=True),
    "hold": Action(HoldSchema, decide, is_last=True),
    "moderate-text": Action(ModerateTextSchema, change_text),
    "moderate-photo": Action(ModeratePhotoSchema, change_photo),
    "remove-photo": Action(RemovePhotoSchema, drop_note_photo),
    "accept-comment": Action(AcceptCommentSchema, _accept_comment),
    "withdraw": Action(WithdrawSchema, _withdraw, is_last=True),
    "erase": Action(EraseSchema, _erase, refusal=ADMINISTRATORS_ERASE),
    "keep": Action(LegalHoldSchema, _keep, refusal=ADMINISTRATORS_HOLD),
}
"""Actions by the last part of their URL."""

IN_BULK = ("take-on", "assign", "hand-over", "status")
"""Actions that are available for several requests at once."""
