"""Values of webhooks that edges hand to operations."""

from dataclasses import dataclass

from schemas.vocabulary.webhooks import GONE, REDIRECT, STATUS, UNREACHABLE


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The response of an endpoint: its status, its time, and its Retry-After; None without one."""

    status: int | None = None
    milliseconds: int | None = None
    retry_after: str | None = None

    @property
    def failure(self) -> str | None:
        """One of FAILURES; None for a success, which only a status from 200 to 299 is."""
        if self.status is None:
            return UNREACHABLE
        if self.status == 410:
            return GONE
        if 300 <= self.status < 400:
            return REDIRECT
        return None if 200 <= self.status < 300 else STATUS
