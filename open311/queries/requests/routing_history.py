"""The routing steps of a service request as entries of its history."""

import re

from geo.coordinates import Point
from open311.queries.requests.happening import Happening
from open311.queries.routing.stored import Routed, Step


def happenings_of_routing(routed: Routed) -> list[Happening]:
    """List the routing steps, oldest first.

    What a step led to is what a later one replaced, or is so today.
    """
    service, point = routed.question.service_code, routed.question.point
    answers, address = routed.question.answers, routed.address_string
    happenings = []
    for step in reversed(routed.steps):
        former = _point_of(step.location)
        happenings.append(
            Happening(
                at=step.made_at,
                kind=step.kind,
                what=_departments(step),
                said=step.reason,
                by=step.made_by,
                services=(step.service_code, service) if step.service_code else None,
                places=(former, point) if former and point else None,
                addresses=None if step.address is None else (step.address, address),
                answers=None if step.answers is None else (step.answers, answers),
            )
        )
        service, point = step.service_code or service, former or point
        answers = answers if step.answers is None else step.answers
        address = address if step.address is None else step.address
    return happenings[::-1]


def _departments(step: Step) -> str:
    is_same = step.from_department == step.to_department
    return "" if is_same else f"{step.from_department} → {step.to_department}"


_EWKT = re.compile(r"SRID=4326;POINT\((\S+) (\S+)\)")


def _point_of(ewkt: str | None) -> Point | None:
    found = _EWKT.fullmatch(ewkt or "")
    return None if found is None else Point(lat=float(found[2]), long=float(found[1]))
