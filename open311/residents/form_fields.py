"""Fields of a report as the pages send them: those of GeoReport, and those of the page alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, Signer

from open311.residents.pages import secret_key
from open311.web.parameters import first, sent_values
from schemas.base import Values

PAGE_FIELDS = (
    *("sending", "draft", "website", "started", "altcha"),
    *("wants_updates", "kept_personal", "then", "drop_photo"),
)
"""Names that only the website has: they are no parameters of GeoReport.

sending is the Idempotency-Key, website a field that people leave empty, and started the signed time
when the form was opened.
"""

PLACE_FIELDS = ("lat", "long", "accuracy", "address_string", "address_id")
CONTACT_FIELDS = ("email", "phone", "first_name", "last_name")


@dataclass(frozen=True)
class SentForm:
    """The values of a form: parameters as in GeoReport, and fields of the page."""

    parameters: Values
    page: Values

    def first(self, name: str) -> str:
        """Return a field of the page; empty if it is absent."""
        return first(self.page, name) or ""


def sent_form() -> SentForm:
    """Return the form of this HTTP request."""
    values = sent_values()
    return SentForm(
        {name: texts for name, texts in values.items() if name not in PAGE_FIELDS},
        {name: texts for name, texts in values.items() if name in PAGE_FIELDS},
    )


def answers_in(parameters: Values) -> dict[str, list[str]]:
    """Return the answers to questions among parameters."""
    return {
        name: list(texts) for name, texts in parameters.items() if name.startswith("attribute[")
    }


def among(parameters: Values, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Return some parameters, without those that were left empty."""
    found = {name: [text.strip() for text in parameters.get(name, ())] for name in names}
    return {name: texts for name, texts in found.items() if any(texts)}


def signed_time(now: datetime) -> str:
    """Return a time that only this server can have written."""
    return _signer().sign(f"{now.timestamp():.3f}").decode("ascii")


def seconds_since(signed: str, now: datetime) -> float | None:
    """Return the seconds since a signed time; None if it is missing or of someone else."""
    try:
        text = _signer().unsign(signed.encode("utf-8", "replace"))
        opened = datetime.fromtimestamp(float(text), UTC)
    except (BadSignature, ValueError, OverflowError):
        return None
    return (now - opened).total_seconds()


def _signer() -> Signer:
    return Signer(secret_key(), salt="form of a report")


def typed_in(parameters: Values, page: Values | None = None) -> Mapping[str, object]:
    """Return the functions by which templates show what was typed: typed, typed_list."""
    values = {**parameters, **(page or {})}
    return {
        "typed": lambda name: next(iter(values.get(name, ())), ""),
        "typed_list": lambda name: list(values.get(name, ())),
    }
