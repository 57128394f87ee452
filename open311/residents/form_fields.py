"""Fields of a report as the pages send them: those of GeoReport, and those of the page alone."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from open311.queries.catalog.services import ServiceInfo
from open311.web.parameters import first, sent_values
from open311.web.screening import SCREENING_FIELDS
from schemas.base import Values

SENDING, DRAFT, WANTS_UPDATES, WANTS_TEXTS, THEN, DROP_PHOTO, WANTED = (
    *("sending", "draft", "wants_updates", "wants_texts", "then", "drop_photo", "service"),
)
"""Fields of the page: the Idempotency-Key, the name of a draft, two checkboxes, the step after
this one, the names of photos to remove, and the service that a link to the form was about.
"""

PAGE_FIELDS = SCREENING_FIELDS | {
    *(SENDING, DRAFT, WANTS_UPDATES, WANTS_TEXTS, THEN, DROP_PHOTO, WANTED, "kept_personal"),
}
"""Names that only the website has: they are no parameters of GeoReport."""

PLACE_FIELDS = ("lat", "long", "accuracy", "address_string", "address_id")
SERVICE_FIELDS = ("service_code",)
CONTACT_FIELDS = ("email", "phone", "first_name", "last_name", WANTS_UPDATES, WANTS_TEXTS)


@dataclass(frozen=True)
class SentForm:
    """The values of a form: parameters as in GeoReport, and fields of the page."""

    parameters: Values
    page: Values

    @classmethod
    def of(cls, values: Values) -> "SentForm":
        """Return a form with the two kinds of fields apart."""
        return cls(
            {name: texts for name, texts in values.items() if name not in PAGE_FIELDS},
            {name: texts for name, texts in values.items() if name in PAGE_FIELDS},
        )

    def first(self, name: str) -> str:
        """Return a field of the page; empty if it is absent."""
        return first(self.page, name) or ""


def sent_form() -> SentForm:
    """Return the form of this HTTP request."""
    return SentForm.of(sent_values())


def answers_in(values: Values, service: ServiceInfo | None) -> dict[str, list[str]]:
    """Return the answers to the questions of a service among parameters."""
    asked = [] if service is None else [one["code"] for one in service.attributes]
    starts = tuple(f"attribute[{code}]" for code in asked)
    return {name: list(texts) for name, texts in values.items() if name.startswith(starts)}


def among(values: Values, names: Collection[str]) -> dict[str, list[str]]:
    """Return the fields with these names, without those that were left empty."""
    found = {name: [text.strip() for text in values.get(name, ())] for name in names}
    return {name: texts for name, texts in found.items() if any(texts)}


def typed_in(values: Values) -> Mapping[str, Callable[[str], Any]]:
    """Return the functions by which templates show what was typed: typed and typed_list."""
    return {
        "typed": lambda name: next(iter(values.get(name, ())), ""),
        "typed_list": lambda name: list(values.get(name, ())),
    }
