"""What the staff page of a service request shows besides its own row, read by one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, String, bindparam, func, select

from open311.models import SiteReport, Support
from open311.queries.forwarding.forwardings import select_forwardings
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import select_colleagues
from open311.queries.requests.holds import select_holds
from open311.queries.requests.legal_holds import select_legal_holds
from open311.queries.requests.nearby import select_links
from open311.queries.requests.requester import select_contacts
from open311.queries.requests.responses import select_requester_languages, select_responses
from open311.queries.requests.timeline import select_history
from open311.queries.routing.stored import Routed
from open311.queries.routing.stored_places import select_stored_places
from open311.queries.search.tags import select_tags
from open311.queries.telling.messages import select_messages
from open311.queries.together import Together

Lists = Mapping[str, Sequence[Any]]
"""Rows by the name of their list."""


def read_details(jurisdiction: Scope, routed: Routed, *, for_work: bool) -> Lists:
    """Read the places, the history, the links, and who else has the problem of a service request.

    for_work adds colleagues, contacts, and response templates, for those who work on it.
    """
    return _details(for_work).read(
        {
            "pk": routed.pk,
            "duplicate_of_pk": routed.duplicate_of_pk,
            "continues_pk": routed.continues_pk,
            "jurisdiction_id": jurisdiction.jurisdiction_id,
            "service_id": routed.service_id,
        }
    )


@cache
def _details(for_work: bool) -> Together:
    pk, duplicate_of_pk, continues_pk = (
        bindparam(name, type_=BigInteger) for name in ("pk", "duplicate_of_pk", "continues_pk")
    )
    lists = {
        "places": select_stored_places(pk),
        **select_history(pk),
        **select_links(pk, duplicate_of_pk, continues_pk),
        "holds": select_holds(pk),
        "legal_holds": select_legal_holds(pk),
        "messages": select_messages(pk),
        "forwardings": select_forwardings(pk),
        "intake": select(SiteReport.language).where(SiteReport.service_request_pk == pk),
        "supports": select(func.count().label("number")).where(Support.service_request_pk == pk),
    }
    if for_work:
        here = bindparam("jurisdiction_id", type_=String)
        lists["contacts"] = select_contacts(pk)
        lists["colleagues"] = select_colleagues(here)
        lists["responses"] = select_responses(here, bindparam("service_id", type_=Integer))
        lists["tags"] = select_tags(here)
        lists["languages"] = select_requester_languages(pk)
    return Together(lists)
