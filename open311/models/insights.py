"""What the figures of Insights are made from (ADR 66), and weekly reports (ADR 76)."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

RECEIVED, CLOSED, REOPENED, HANDED_IN, HANDED_OUT = FLOWS = range(1, 6)
"""Kinds of flows into and out of what is open, as stored in flow_kinds."""

FLOW_NAMES = ("received", "closed", "reopened", "handed_in", "handed_out")
"""The columns of figure_days, in the order of FLOWS."""

PART_NAMES = (
    *("requests", "duplicates", "canceled", "work", "no_promise", "at_entry"),
    *("transferred", "transferred_twice", "returned"),
    *("ended", "done", "no_further_action", "not_ours", "referred"),
    *("reopened_soon", "kept", "late"),
)
"""The columns of figure_days that shares are made of."""

DAY_NAMES = (*FLOW_NAMES, *PART_NAMES)

AT_ENTRY = timedelta(minutes=10)
"""What is closed this soon was probably entered after the work."""

AGAIN = timedelta(days=14)
"""A closing lasts if nobody reopened the request in this time."""

EVERYWHERE = 0
"""boundary_id of the rows of figure_days for all places."""


TIMED = (
    *("service_request_pk", "public", "service_id", "department_id", "channel", "outcome"),
    *("closed_at", "first_action_at", "seen_at"),
)
"""What times are made of: indexes have it, so that the rows of a year need not be read."""


class RequestFact(Base):
    """What figures need of a service request; none of one that is withdrawn or in the sandbox.

    outcome is its detailed status. closed_at is the last closing of one that is closed now. Its
    flows are in the order of time, the receipt first, in three lists: when, one of FLOWS, and the
    department that it came to or left. transfers is the number of transfers by people, and
    returned is true if a department had it more than once. waited_seconds is the time for which it
    waited for the requester, without the time since waits_since. seen_at is when an imported one
    was last known: when it was read at the other server, or at its last flow. boundaries are the
    ids of those that contain it.

    There is no foreign key: the fold removes the row, and subtracts what it counted.
    """

    __tablename__ = "request_facts"
    __table_args__ = (
        Index(
            "ix_request_facts_requested",
            *("jurisdiction_id", "requested_at"),
            postgresql_include=TIMED,
        ),
        Index("ix_request_facts_closed", "jurisdiction_id", "closed_at"),
        Index("ix_request_facts_due", "jurisdiction_id", "due_at"),
        Index(
            "ix_request_facts_open",
            *("jurisdiction_id", "requested_at"),
            postgresql_include=(*TIMED, "due_at", "waits_since", "boundaries"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_request_facts_acted", "jurisdiction_id", "first_action_at"),
        Index(
            "ix_request_facts_unacted",
            *("jurisdiction_id", "requested_at"),
            postgresql_include=(*TIMED, "boundaries"),
            postgresql_where=text("first_action_at IS NULL"),
        ),
    )

    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False
    )
    jurisdiction_id: Mapped[str]
    public: Mapped[bool]
    service_id: Mapped[int]
    department_id: Mapped[int]
    channel: Mapped[str]
    outcome: Mapped[str]
    requested_at: Mapped[datetime]
    first_action_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    transfers: Mapped[int] = mapped_column(SmallInteger)
    returned: Mapped[bool]
    first_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    waits_since: Mapped[datetime | None]
    waited_seconds: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime | None]
    boundaries: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    flow_times: Mapped[list[datetime]] = mapped_column(ARRAY(TIMESTAMP(timezone=True, precision=0)))
    flow_kinds: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    flow_departments: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class FigureDay(Base):
    """Flows of work, and parts of shares, on a day of the city, by what they are counted by.

    boundary_id is EVERYWHERE, or a boundary that contains the requests. Duplicates and canceled
    requests are no work.

    A flow counts for the department that had the request then, and so does reopened_soon: closings
    of this day after which it was reopened within AGAIN. Others count for the department that has
    it now. Those received on this day are requests (all), duplicates, canceled, and of work: work
    (all), no_promise, at_entry, transferred, transferred_twice, and returned. Those whose last
    closing was on this day are ended, of which are done, no_further_action, not_ours, and referred.
    Those due on this day, and closed now, are kept or late. All of these have a default for the
    release before migration 0059, which knows none of them; the nightly check corrects its rows.
    """

    __tablename__ = "figure_days"

    jurisdiction_id: Mapped[str] = mapped_column(primary_key=True)
    boundary_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[datetime] = mapped_column(Date, primary_key=True)
    service_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    received: Mapped[int]
    closed: Mapped[int]
    reopened: Mapped[int]
    handed_in: Mapped[int]
    handed_out: Mapped[int]
    requests: Mapped[int] = mapped_column(server_default="0")
    duplicates: Mapped[int] = mapped_column(server_default="0")
    canceled: Mapped[int] = mapped_column(server_default="0")
    work: Mapped[int] = mapped_column(server_default="0")
    no_promise: Mapped[int] = mapped_column(server_default="0")
    at_entry: Mapped[int] = mapped_column(server_default="0")
    transferred: Mapped[int] = mapped_column(server_default="0")
    transferred_twice: Mapped[int] = mapped_column(server_default="0")
    returned: Mapped[int] = mapped_column(server_default="0")
    ended: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    no_further_action: Mapped[int] = mapped_column(server_default="0")
    not_ours: Mapped[int] = mapped_column(server_default="0")
    referred: Mapped[int] = mapped_column(server_default="0")
    reopened_soon: Mapped[int] = mapped_column(server_default="0")
    kept: Mapped[int] = mapped_column(server_default="0")
    late: Mapped[int] = mapped_column(server_default="0")


class FigureState(Base):
    """The number of change up to which the facts of a jurisdiction are folded.

    A request whose change_number is higher is read from its own tables.
    """

    __tablename__ = "figure_states"

    jurisdiction_id: Mapped[str] = mapped_column(
        ForeignKey("jurisdictions.id", ondelete="CASCADE"), primary_key=True
    )
    change_number: Mapped[int] = mapped_column(BigInteger)


class PublishedReport(Base):
    """The figures of a week as they were published; a trigger keeps them as they are.

    week is its Monday. document is for everybody, made of public requests; staff_document has the
    figures of all requests, of the city and of each department (open311/web/insights/frozen.py).
    definitions_version is that of open311/figures/measures.py. Both contain numbers, and the codes
    and names of services and departments.
    """

    __tablename__ = "published_reports"
    __table_args__ = (CheckConstraint("extract(isodow FROM week) = 1", name="begins_on_monday"),)

    jurisdiction_id: Mapped[str] = mapped_column(
        ForeignKey("jurisdictions.id", ondelete="CASCADE"), primary_key=True
    )
    week: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    definitions_version: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    staff_document: Mapped[dict[str, Any]] = mapped_column(JSONB)


class KeptPlaces(Base):
    """The places of a city that a job found last night, among all requests or the public ones.

    week is the Monday of the week of places with more than normal. document is described in
    open311/web/insights/kept_places.py; it has keys of requests, and no addresses.
    """

    __tablename__ = "kept_places"

    jurisdiction_id: Mapped[str] = mapped_column(
        ForeignKey("jurisdictions.id", ondelete="CASCADE"), primary_key=True
    )
    public: Mapped[bool] = mapped_column(primary_key=True)
    week: Mapped[date]
    made_at: Mapped[datetime]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
