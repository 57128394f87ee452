"""Criteria in the syntax of each edge; None where an edge cannot say them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import shapely

from open311.queries.search.criteria import ALWAYS, Criteria, Period

Written = dict[str, list[str]]

LONG_AGO = "2000-01-01T00:00:00Z"
FLAGS = {
    "overdue": "overdue",
    "near_boundary": "near_border",
    "in_overlap": "in_overlap",
    "transferred": "handed_over",
    "on_hold": "waits",
    "held": "held",
}
OF_STAFF = (
    *("assigned_to", "transferred", "on_hold", "needs_review", "awaiting_approval", "new"),
    *("held", "channels", "unassigned", "news"),
    *("priorities", "tags"),
)


def for_staff_alone(criteria: Criteria) -> bool:
    """Return whether only staff may ask for this."""
    return (
        not criteria.held_since.is_always
        or any(getattr(criteria, name) for name in OF_STAFF)
        or any(getattr(criteria, name) is False for name in OF_STAFF)
    )


def as_georeport(criteria: Criteria) -> Written | None:
    """Write parameters of GET /requests. Dates of changes lift the window of 90 days."""
    others = replace(
        criteria, text="", statuses=(), services=(), groups=(), departments=(), boundaries=(),
        box=None, circle=None, area=None, requested=ALWAYS, updated=ALWAYS,
        closed=ALWAYS, expected=ALWAYS, promises=(), work=None,
    )  # fmt: skip
    if criteria.ids:
        is_alone = criteria == Criteria(ids=criteria.ids)
        return {"service_request_id": list(criteria.ids)} if is_alone else None
    if others != Criteria():
        return None
    written = {
        "q": [criteria.text],
        "status": list(criteria.statuses),
        "service_code": [",".join(criteria.services)],
        "group": list(criteria.groups),
        "boundary": ["|".join(f"{one.layer}:{one.code}" for one in criteria.boundaries)],
        "agency_responsible": list(criteria.departments),
        "start_date": _ends(criteria.requested)[0],
        "end_date": _ends(criteria.requested)[1],
        "updated_after": _ends(criteria.updated)[0] or [LONG_AGO],
        "updated_before": _ends(criteria.updated)[1],
        "closed_after": _ends(criteria.closed)[0],
        "closed_before": _ends(criteria.closed)[1],
        "due_after": _ends(criteria.expected)[0],
        "due_before": _ends(criteria.expected)[1],
        "promise": [",".join(criteria.promises)],
        "work": _flag(criteria.work),
        "polygon": [] if criteria.area is None else [_corners(criteria.area)],
        **_box(criteria),
        **_circle(criteria),
    }
    return _filled(written)


def as_ogc(criteria: Criteria) -> Written | None:
    """Write parameters of a list of features, and a filter for what has none.

    What others did for a reader is no property of features.
    """
    if criteria.news is not None:
        return None
    work = replace(criteria, work=None)  # which is a parameter
    parts = [*_compared("updated_datetime", criteria.updated), *_of_work(work)]
    if criteria.area is not None:
        parts.append(f"S_INTERSECTS(geometry, {shapely.to_wkt(criteria.area, 10)})")
    flags = {name: getattr(criteria, field) for field, name in FLAGS.items()}
    return _filled(
        {
            "q": [criteria.text],
            "service_request_id": list(criteria.ids),
            "status": list(criteria.statuses),
            "detailed_status": list(criteria.detailed_statuses),
            "service_code": list(criteria.services),
            "group": list(criteria.groups),
            "agency_responsible": list(criteria.departments),
            "assigned_to": list(criteria.assigned_to),
            "channel": list(criteria.channels),
            "priority": list(criteria.priorities),
            "tags": list(criteria.tags),
            "ward": [one.code for one in criteria.boundaries],
            "datetime": _interval(criteria.requested),
            "closed": _interval(criteria.closed),
            "due": _interval(criteria.expected),
            "promise": list(criteria.promises),
            "work": _flag(criteria.work),
            "filter": [" AND ".join(parts)],
            **_box(criteria),
            **_circle(criteria),
            **{name: [] if on is None else [str(on).lower()] for name, on in flags.items()},
        }
    )


def as_cql2(criteria: Criteria) -> Written | None:
    """Write all as one filter in CQL2, but for words, circles and names in any case of letters."""
    box = criteria.box
    is_line = box is not None and (box.minlat == box.maxlat or box.minlong == box.maxlong)
    if criteria.circle is not None or criteria.text or criteria.departments or is_line:
        return None
    if criteria.news is not None or not criteria.closed.is_always or criteria.promises:
        return None
    parts = [
        *_of_work(criteria),
        *_in("service_request_id", criteria.ids),
        *_in("detailed_status", criteria.detailed_statuses),
        *_in("service_code", criteria.services),
        *_in('"group"', criteria.groups),
        *_in("assigned_to", criteria.assigned_to),
        *_in("channel", criteria.channels),
        *_in("priority", criteria.priorities),
        *_tagged(criteria.tags),
        *_in("ward", [one.code for one in criteria.boundaries]),
        *_compared("requested_datetime", criteria.requested),
        *_compared("updated_datetime", criteria.updated),
        *_compared("expected_datetime", criteria.expected),
    ]
    if criteria.statuses:
        either = [*_in("status", criteria.statuses), *_in("detailed_status", criteria.statuses)]
        parts.append(f"({either[0]} OR {either[1]})")
    for field, name in FLAGS.items():
        wanted = getattr(criteria, field)
        parts += [] if wanted is None else [name if wanted else f"NOT {name}"]
    if criteria.area is not None:
        parts.append(f"S_INTERSECTS(geometry, {shapely.to_wkt(criteria.area, 10)})")
    if box is not None:
        drawn = shapely.union_all([shapely.box(*corners) for corners in box.rectangles])
        parts.append(f"S_INTERSECTS(geometry, {shapely.to_wkt(drawn, 10)})")
    return _filled({"filter": [" AND ".join(parts)]})


def as_staff(criteria: Criteria) -> Written | None:
    """Write the address of the list of staff, which has no opposites."""
    flags = {
        **{name: getattr(criteria, field) for field, name in FLAGS.items()},
        "work": criteria.work,
        "new": criteria.new,
        "unassigned": criteria.unassigned,
        "waiting": criteria.needs_review,
        "unpublished": criteria.awaiting_approval,
        "due_today": None if criteria.due.is_always else True,
    }
    # The list of staff only asks for what is held too long now (tests/staff/test_holds.py).
    if any(wanted is False for wanted in flags.values()) or not criteria.held_since.is_always:
        return None
    written = {
        "q": [criteria.text],
        "service_request_id": list(criteria.ids),
        "status": list(criteria.statuses),
        "detailed_status": list(criteria.detailed_statuses),
        "service_code": list(criteria.services),
        "group": list(criteria.groups),
        "agency_responsible": list(criteria.departments),
        "assigned_to": list(criteria.assigned_to),
        "channel": list(criteria.channels),
        "priority": list(criteria.priorities),
        "tag": list(criteria.tags),
        "boundary": [f"{one.layer}:{one.code}" for one in criteria.boundaries],
        "since": _ends(criteria.requested)[0],
        "until": _ends(criteria.requested)[1],
        "updated_since": _ends(criteria.updated)[0],
        "updated_until": _ends(criteria.updated)[1],
        "closed_since": _ends(criteria.closed)[0],
        "closed_until": _ends(criteria.closed)[1],
        "due_since": _ends(criteria.expected)[0],
        "due_until": _ends(criteria.expected)[1],
        "promise": list(criteria.promises),
        "news_since": [] if criteria.news is None else _moment(criteria.news.since),
        **{name: ["true"] if wanted else [] for name, wanted in flags.items()},
        **_box(criteria),
    }
    circle, area = criteria.circle, criteria.area
    if circle is not None and area is not None:
        return None
    if circle is not None:
        written["circle"] = [f"{circle.center.lat!r},{circle.center.long!r},{circle.meters!r}"]
    if area is not None:
        written["polygon"] = [_corners(area)]
    return _filled(written)


def _interval(period: Period) -> list[str]:
    begin, end = _ends(period)
    return [f"{(begin or ['..'])[0]}/{(end or ['..'])[0]}"] if begin or end else []


def _flag(wanted: bool | None) -> list[str]:
    return [] if wanted is None else [str(wanted).lower()]


def _corners(area: shapely.Polygon) -> str:
    return ";".join(f"{lat!r},{long!r}" for long, lat in shapely.get_coordinates(area).tolist())


def _of_work(criteria: Criteria) -> list[str]:
    no_work = "detailed_status IN ('duplicate', 'cancelled')"
    parts = [] if criteria.work is None else [f"NOT {no_work}" if criteria.work else no_work]
    if not criteria.due.is_always:
        parts += ["status = 'open'", *_compared("expected_datetime", criteria.due)]
    parts += _compared("held_since", criteria.held_since)
    conditions = {
        "(status = 'open' AND accepted_datetime IS NULL AND assigned_to IS NULL"
        " AND first_viewed_datetime IS NULL)": criteria.new,
        "(status = 'open' AND assigned_to IS NULL)": criteria.unassigned,
        "waits_for IS NOT NULL": criteria.needs_review,
        "(service_request_id IS NULL AND token IS NOT NULL)": criteria.awaiting_approval,
    }
    for text, wanted in conditions.items():
        parts += [] if wanted is None else [text if wanted else f"NOT {text}"]
    return parts


def _in(name: str, values: Any) -> list[str]:
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return [f"{name} IN ({listed})"] if listed else []


def _tagged(tags: Any) -> list[str]:
    """Look for tags in the property that has them all, as a text in lower case."""
    forms = [
        f"tags LIKE '{before}{tag.lower()}{after}'"
        for tag in tags
        for before in ("", "%, ")
        for after in ("", ", %")
    ]
    return [f"({' OR '.join(forms)})"] if forms else []


def _compared(name: str, period: Period) -> list[str]:
    begin, end = _ends(period)
    return [
        *(f"{name} >= TIMESTAMP('{one}')" for one in begin),
        *(f"{name} <= TIMESTAMP('{one}')" for one in end),
    ]


def _box(criteria: Criteria) -> Written:
    box = criteria.box
    if box is None:
        return {}
    return {"bbox": [f"{box.minlong!r},{box.minlat!r},{box.maxlong!r},{box.maxlat!r}"]}


def _circle(criteria: Criteria) -> Written:
    circle = criteria.circle
    if circle is None:
        return {}
    center = circle.center
    return {
        "lat": [repr(center.lat)],
        "long": [repr(center.long)],
        "radius": [repr(circle.meters)],
    }


def _ends(period: Period) -> tuple[list[str], list[str]]:
    return _moment(period.begin), _moment(period.end)


def _moment(moment: datetime | None) -> list[str]:
    return [] if moment is None else [f"{moment:%Y-%m-%dT%H:%M:%SZ}"]


def _filled(written: Written) -> Written:
    kept = {name: [text for text in texts if text] for name, texts in written.items()}
    return {name: texts for name, texts in kept.items() if texts}
