"""What residents did with a service request on the website, and what was hidden there."""

from typing import Any

from sqlalchemy import literal, null, select, union_all

from open311.models import Feedback, Flag, Hold, Moderation
from open311.queries.together import Rows


def select_reactions(pk: Any) -> Rows:
    """Select answers, flags, settled holds, and moderation, by time; as fields of a Happening."""
    nobody, nothing = null().label("by"), literal("").label("original")
    parts = (
        select(
            Feedback.answered_at.label("at"),
            literal("feedback").label("kind"),
            Feedback.answer.label("what"),
            Feedback.text.label("said"),
            literal(False).label("public"),
            nobody,
            nothing,
        ).where(Feedback.service_request_pk == pk),
        select(
            *(Flag.made_at, literal("flagged"), literal(""), Flag.text),
            *(literal(False), nobody, nothing),
        ).where(Flag.service_request_pk == pk),
        select(
            Moderation.made_at,
            Moderation.kind,
            Moderation.target,
            Moderation.reason,
            literal(True),
            Moderation.made_by,
            Moderation.original,
        ).where(Moderation.service_request_pk == pk),
    )
    settled = (
        select(
            *(Hold.settled_at, literal("settled"), Hold.outcome, literal("")),
            *(literal(False), Hold.settled_by, literal("")),
        )
        .where(Hold.service_request_pk == pk, Hold.outcome.is_not(None))
        .distinct()
    )
    found = union_all(*parts, settled).subquery()
    return select(found).order_by(*found.c)
