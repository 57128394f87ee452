"""Counts and summary of an import."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO

from open311.csv_cells import harmless
from open311.georeport_source.walk import Fetched
from open311.operations.imported import ImportedServiceRequest, Outcome, Skipped

MOST_NAMED = 5
COLUMNS = ("id", "reason", "detail")


class Tally:
    """Counts what becomes of rows; those that are skipped are written to a CSV file as they come.

    A file that is empty gets a header first.
    """

    def __init__(self, report: TextIO) -> None:
        self.services: list[str] = []
        self.skipped_services: Counter[str] = Counter()
        self.windows = 0
        self.incomplete = 0
        self.imported = 0
        self.changed = 0
        self.skipped: Counter[str] = Counter()
        self.left_out: set[str] = set()
        self._report = report
        self._writer = csv.writer(report)
        if report.tell() == 0:
            self._writer.writerow(COLUMNS)

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.windows or self.services)

    def add_services(self, codes: list[str], skipped: Iterable[Skipped]) -> None:
        """Count the services that were added, and what could not be read of the catalogue."""
        self.services += codes
        self._skip(skipped, self.skipped_services)

    def read(self, fetched: Fetched) -> None:
        """Count a window that was fetched, and the rows of it that cannot be used."""
        self.windows += 1
        self.incomplete += not fetched.complete
        self._skip(fetched.skipped, self.skipped)

    def leave_out(self, rows: Iterable[ImportedServiceRequest]) -> None:
        """Note rows that a server gave although it was not asked for their dates."""
        self.left_out |= {row.service_request_id for row in rows}

    def add(self, outcome: Outcome) -> None:
        """Count what became of rows that can be used."""
        self.imported += outcome.imported
        self.changed += outcome.changed
        self._skip(outcome.skipped, self.skipped)

    def _skip(self, rows: Iterable[Skipped], counter: Counter[str]) -> None:
        for row in rows:
            counter[row.reason] += 1
            cells = (row.service_request_id, row.reason, row.detail)
            self._writer.writerow([harmless(cell) for cell in cells])
        self._report.flush()

    def summary(self) -> Iterator[str]:
        """Give the lines to end with."""
        names = f": {', '.join(self.services)}" if 0 < len(self.services) <= MOST_NAMED else ""
        yield f"Services: {len(self.services)} added{names}."
        yield from _counts(self.skipped_services)
        yield (
            f"Service requests: {self.imported} imported, {self.changed} changed, "
            f"{self.skipped.total()} skipped, in {self.windows} queries."
        )
        yield from _counts(self.skipped)
        if self.left_out:
            yield f"Skipped: {len(self.left_out)} outside the requested dates."
        if self.incomplete:
            yield (
                f"Warning: {self.incomplete} queries may be incomplete. The server seems to "
                "truncate its responses, or to ignore start_date and end_date."
            )


def _counts(counter: Counter[str]) -> Iterator[str]:
    """Give a line for each reason, the most frequent first."""
    for reason, count in sorted(counter.items(), key=lambda item: (-item[1], item[0])):
        yield f"  Skipped: {count} with {reason}"
