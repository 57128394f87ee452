"""What criteria mean, said once more in Python: the reference that SQL is compared with."""

import re
from datetime import UTC, datetime

import shapely

from geo.coordinates import Box, Point, meters_between
from open311.queries.search.criteria import Criteria, News, Period
from tests.search.many_requests import DEPARTMENTS, SERVICES, Row, reason_of

_TERM = re.compile(r'-?"[^"]*"|\S+')


def holds(row: Row, criteria: Criteria) -> bool:
    """Return whether a row is what criteria ask for."""
    return all(_checks(row, criteria, datetime.now(UTC)))


def _checks(row: Row, asked: Criteria, now: datetime) -> list[bool]:
    name, group = SERVICES[row.service]
    department = {row.department.lower(), DEPARTMENTS[row.department].lower()}
    late = row.expected is not None and row.expected < now
    flags = {
        asked.overdue: row.status == "open" and not row.on_hold and late,
    }
    return [
        not asked.ids or row.id in asked.ids,
        not asked.text or speaks_of(asked.text, [row.description, row.address, row.id or ""], name),
        not asked.statuses or bool({row.status, row.detailed_status} & set(asked.statuses)),
        not asked.detailed_statuses or row.detailed_status in asked.detailed_statuses,
        not asked.services or row.service in asked.services,
        not asked.groups or group in asked.groups,
        not asked.departments or bool(department & {one.lower() for one in asked.departments}),
        not asked.channels or row.channel in asked.channels,
        not asked.boundaries or bool(row.wards & {one.code for one in asked.boundaries}),
        not asked.priorities or row.priority in asked.priorities,
        not asked.tags or bool({*row.tags} & {one.lower() for one in asked.tags}),
        *_where(row, asked),
        _within(row.requested, asked.requested),
        _within(row.updated, asked.updated),
        asked.closed.is_always or any(_within(one, asked.closed) for one in row.closings),
        _within(row.expected, asked.expected),
        not asked.promises or _result(row, now) in asked.promises,
        asked.work in (None, row.detailed_status not in ("duplicate", "cancelled")),
        asked.due.is_always or (row.status == "open" and _within(row.expected, asked.due)),
        not asked.assigned_to or row.assignee in asked.assigned_to,
        *(wanted in (None, is_so) for wanted, is_so in flags.items()),
        asked.new in (None, _is_new(row)),
        asked.unassigned in (None, row.status == "open" and row.assignee is None),
        asked.news is None or _has_news(row, asked.news, now),
        asked.near_boundary in (None, row.near),
        asked.in_overlap in (None, row.overlap and row.place is not None),
        asked.transferred in (None, row.transferred),
        asked.on_hold in (None, row.on_hold),
        asked.needs_review in (None, _needs_review(row)),
        asked.awaiting_approval in (None, row.id is None),
        asked.held in (None, row.held),
        asked.held_since.is_always or (row.held and _within(row.requested, asked.held_since)),
    ]


def _where(row: Row, asked: Criteria) -> list[bool]:
    if row.place is None:
        return [asked.box is None and asked.circle is None and asked.area is None]
    lat, long = row.place
    point, here = shapely.Point(long, lat), Point(lat=lat, long=long)
    circle = asked.circle
    return [
        asked.box is None or _is_in_box(here, asked.box),
        circle is None or meters_between(circle.center, here) <= circle.meters,
        asked.area is None or bool(asked.area.intersects(point)),
    ]


def _is_in_box(point: Point, box: Box) -> bool:
    crosses = box.minlong > box.maxlong
    east, west = box.minlong <= point.long, point.long <= box.maxlong
    return box.minlat <= point.lat <= box.maxlat and (east or west if crosses else east and west)


def _within(moment: datetime | None, period: Period) -> bool:
    if moment is None:
        return period.is_always
    begins = period.begin is None or period.begin <= moment
    return begins and (period.end is None or moment <= period.end)


def speaks_of(text: str, own: list[str], service: str) -> bool:
    """Return whether own texts, or the name of the service, hold the words of a search."""
    alternatives: list[list[str]] = [[]]
    for term in _TERM.findall(text):
        if term.lower() == "or":
            alternatives.append([])
        else:
            alternatives[-1].append(term)
    texts = [_words(" ".join(own)), _words(service)]
    return any(terms and all(_holds(term, texts) for term in terms) for terms in alternatives)


def _holds(term: str, texts: list[list[str]]) -> bool:
    bare = term.removeprefix("-")
    words, whole = _words(bare), bare.startswith('"')
    found = any(_follow(words, text, whole) for text in texts)
    return found != term.startswith("-")


def _follow(words: list[str], text: list[str], whole: bool) -> bool:
    for start in range(len(text)):
        part = text[start : start + len(words)]
        if len(part) == len(words) and all(
            have == word if whole else have.startswith(word)
            for have, word in zip(part, words, strict=True)
        ):
            return True
    return False


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _result(row: Row, now: datetime) -> str | None:
    """Return how the due date of a row ended; None if it did not, or if the city is not at work."""
    if row.expected is None:
        return None
    if row.status == "closed":
        return "kept" if row.closings[-1] <= row.expected else "late"
    return "overdue" if row.expected < now and not row.on_hold else None


def _is_new(row: Row) -> bool:
    is_touched = row.accepted or row.viewed or row.assignee is not None
    return row.status == "open" and not is_touched


def _has_news(row: Row, news: News, now: datetime) -> bool:
    """Return whether others answered or assigned it; the rows were all transferred by ann now."""
    if row.transferred and news.reader != "ann" and news.since <= now:
        return True
    if row.news is None:
        return False
    moment, kind, author, assignee = row.news
    is_about = kind == "answered" or assignee == news.reader
    return moment >= news.since and author != news.reader and is_about


def _needs_review(row: Row) -> bool:
    return row.review and (row.status == "open" or reason_of(row) == "said_open")
