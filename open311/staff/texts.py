"""Texts by language on administration pages: those of the website, and translations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from marshmallow import Schema, ValidationError

from open311.errors import InvalidParameters
from open311.messages.names import FIELD_LABELS, SITE_TEXT_NAMES
from open311.messages.problem import Problem, problems_in
from open311.operations.residents.translations import change_translations
from open311.queries.catalog.editing import StoredDepartment, StoredService
from open311.queries.residents.site import (
    CatalogTexts,
    SiteInfo,
    find_site,
    read_catalog_texts,
)
from open311.staff.pages import city
from open311.web.languages import say as _
from open311.web.parameters import first, sent_values
from schemas.imports.seed_site import SiteTextRow, TranslationRow
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.marking import N_
from schemas.vocabulary.site_texts import SITE_TEXTS, TRANSLATED


@dataclass(frozen=True)
class TextField:
    """A field for a text in one language.

    cells identify its row, by columns of texts.csv or translations.csv. label is a text in English,
    stored the present text, and original what it translates, if anything.
    """

    cells: Mapping[str, str]
    label: str
    stored: str
    original: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The values that identify the row."""
        return tuple(self.cells.values())

    @property
    def name(self) -> str:
        """The name of the field in the form."""
        return "/".join(self.key)

    @property
    def is_long(self) -> bool:
        """Whether the text may have several lines."""
        return self.cells.get("key") is not None or "description" in self.cells["field"]


FieldsByLanguage = Mapping[str, Sequence[TextField]]


def site_text_fields(site: SiteInfo | None) -> FieldsByLanguage:
    """Return the fields for the texts of a website, the languages of the website first."""
    own = site.languages if site else ()
    stored = site.texts if site else {}
    return {
        language: [
            TextField(
                {"key": key, "language": language},
                SITE_TEXT_NAMES[key],
                stored.get((key, language), ""),
            )
            for key in SITE_TEXTS
        ]
        for language in dict.fromkeys((*own, *LANGUAGES))
    }


def service_fields(
    one: StoredService, site: SiteInfo | None, texts: CatalogTexts
) -> FieldsByLanguage:
    """Return the fields for translations of a service with its questions and their options."""
    return _translated(_of_service(one), site, texts)


def department_fields(
    departments: Iterable[StoredDepartment], site: SiteInfo | None, texts: CatalogTexts
) -> FieldsByLanguage:
    """Return the fields for translations of the names of departments."""
    names = [("department", one.code, "name", N_("Name"), one.name) for one in departments]
    return _translated(names, site, texts)


_Original = tuple[str, str, str, str, str]  # kind, code, field, label, text


def _of_service(one: StoredService) -> Iterator[_Original]:
    code = one.values["service_code"]
    for field in TRANSLATED["service"]:
        column = "service_name" if field == "name" else field
        yield "service", code, field, FIELD_LABELS[column], one.values[column]
    for question in one.questions:
        name = f"{code}/{question.code}"
        yield "question", name, "description", N_("Question"), question.description
        hint = question.datatype_description
        yield "question", name, "datatype_description", N_("Help text"), hint
        for key, text in question.options:
            yield "answer", f"{name}/{key}", "name", N_("Option"), text


def _translated(
    originals: Iterable[_Original], site: SiteInfo | None, texts: CatalogTexts
) -> FieldsByLanguage:
    """Return fields for the further languages of the website, but for texts that are empty.

    Keywords in another language are of use without any of the first one.
    """
    known = [*originals]
    return {
        language: [
            TextField(cells, label, stored or "", original)
            for kind, code, field, label, original in known
            for cells in [{"kind": kind, "code": code, "field": field, "language": language}]
            for stored in [texts.find(kind, code, field, language)]
            if original or stored or field == "keywords"
        ]
        for language in (site.languages[1:] if site else ())
    }


def sent_site_texts(
    fields: FieldsByLanguage,
) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    """Return the submitted texts of a website, by key and language, and what is wrong with them."""
    texts, problems = _sent_texts(SiteTextRow(), fields)
    return {(key[0], key[1]): text for key, text in texts.items()}, problems


def stored_translations() -> tuple[SiteInfo | None, CatalogTexts]:
    """Return the city's website, whose languages are translated into, and its translations."""
    here = city().jurisdiction_id
    return find_site(here), read_catalog_texts(here)


def store_translations(fields: FieldsByLanguage) -> str:
    """Store the submitted translations; return what to say. Raises InvalidParameters."""
    texts, problems = _sent_texts(TranslationRow(), fields)
    if problems:
        raise InvalidParameters.of(problems)
    rows = {(key[0], key[1], key[2], key[3]): text for key, text in texts.items()}
    change_translations(city().jurisdiction_id, rows)
    return _("Translations saved.")


def _sent_texts(
    schema: Schema, fields: FieldsByLanguage
) -> tuple[dict[tuple[str, ...], str], list[Problem]]:
    """Return the texts that were sent by key; a field that was not sent stays as it is."""
    values, texts = sent_values(), dict[tuple[str, ...], str]()
    problems: list[Problem] = []
    for field in (one for some in fields.values() for one in some if one.name in values):
        text = (first(values, field.name) or "").replace("\r\n", "\n")
        texts[field.key] = text
        if text:
            try:
                schema.load({**field.cells, "text": text})
            except ValidationError as error:
                problems += [
                    replace(one, field=field.name, label=field.label) for one in problems_in(error)
                ]
    return texts, problems
