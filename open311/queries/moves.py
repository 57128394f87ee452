"""Service requests that would move, as rows of a file."""

from collections.abc import Iterator, Mapping, Sequence

from open311.queries.rerouting import Rerouted

COLUMNS = (
    "service_request_id",
    "service_code",
    "status",
    "requested_datetime",
    "lat",
    "long",
    "from",
    "to",
    "pinned",
    "reason",
)


def move_rows(moved: Sequence[Rerouted], names: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    """Give a row by COLUMNS for each; names are those of departments, by their ids."""
    for one in moved:
        question, decision = one.question, one.decision
        yield (
            one.service_request_id,
            question.service_code,
            one.status,
            f"{question.at:%Y-%m-%dT%H:%M:%SZ}",
            None if question.point is None else question.point.lat,
            None if question.point is None else question.point.long,
            names[one.department_id],
            None if decision is None else names[decision.department_id],
            "yes" if one.pinned else "no",
            None if decision is None else decision.reason,
        )
