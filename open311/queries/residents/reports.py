"""A service request as the website shows it, to all or to its reporter: one statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, Select, String, bindparam, or_, select

from open311.models import Capability, ReceivedUpdate, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.residents.report_lists import is_own, private_lists, shown_lists
from open311.queries.together import Together


@dataclass(frozen=True)
class ReportRows:
    """What is stored about a service request; one is its row, and lists are by name."""

    one: Any
    lists: Mapping[str, Sequence[Any]]

    @property
    def supports(self) -> int:
        return int(self.lists["supports"][0].number)


def find_public_report(jurisdiction: Scope, service_request_id: str) -> ReportRows | None:
    """Find a published service request by its number, also a withdrawn one."""
    values = {"here": jurisdiction.jurisdiction_id, "id": service_request_id}
    return _rows(_of_public().read(values))


def find_reported(jurisdiction: Scope, token_hash: bytes) -> ReportRows | None:
    """Find the service request of a secret link, published or not, with what its reporter sees."""
    values = {"here": jurisdiction.jurisdiction_id, "token_hash": token_hash}
    return _rows(_of_reporter().read(values))


def _rows(found: Mapping[str, Sequence[Any]]) -> ReportRows | None:
    [one] = found["one"] or [None]
    return None if one is None else ReportRows(one, found)


@cache
def _of_public() -> Together:
    number = bindparam("id", type_=String)
    pk = _select_pk().where(ServiceRequest.public, ServiceRequest.service_request_id == number)
    return Together(shown_lists(pk.scalar_subquery(), ReceivedUpdate.comment_id.is_not(None)))


@cache
def _of_reporter() -> Together:
    by_link = (
        _select_pk()
        .join(Capability, Capability.service_request_pk == ServiceRequest.pk)
        .where(
            Capability.purpose == "track",
            Capability.token_hash == bindparam("token_hash", type_=LargeBinary),
        )
    )
    pk = by_link.scalar_subquery()
    shown = or_(ReceivedUpdate.comment_id.is_not(None), is_own())
    return Together({**shown_lists(pk, shown), **private_lists(pk)})


def _select_pk() -> Select[int]:
    """Select the key of service requests of a city, without those of the test endpoint."""
    here = bindparam("here", type_=String)
    return select(ServiceRequest.pk).where(
        ServiceRequest.jurisdiction_id == here, ServiceRequest.sandbox.is_(False)
    )
