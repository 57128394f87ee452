"""The requester and the authors of comments, for staff who work on a service request only."""

from dataclasses import dataclass

from sqlalchemy import literal, select, union_all

from open311.database import db
from open311.models import ReceivedUpdate, Reporter, UpdateReporter


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Contact data of a person; empty where they gave none."""

    first_name: str
    last_name: str
    email: str
    phone: str


REQUESTER = 0
"""The requester among the contacts: no received update has this id."""


def find_contacts(pk: int) -> dict[int, Contact]:
    """Find the requester and the authors of updates, by the id of the received update.

    People without any contact data are left out.
    """
    requester, author = Reporter, UpdateReporter
    rows = db.session.execute(
        union_all(
            select(
                literal(REQUESTER),
                *(requester.first_name, requester.last_name, requester.email, requester.phone),
            ).where(requester.service_request_pk == pk),
            select(
                author.received_update_id,
                *(author.first_name, author.last_name, author.email, author.phone),
            )
            .join(ReceivedUpdate, ReceivedUpdate.id == author.received_update_id)
            .where(ReceivedUpdate.service_request_pk == pk),
        )
    )
    return {
        row[0]: Contact(first_name=row[1], last_name=row[2], email=row[3], phone=row[4])
        for row in rows
        if any(row[1:])
    }
