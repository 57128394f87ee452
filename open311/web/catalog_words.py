"""Texts of a city's catalog in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request
from werkzeug.datastructures import LanguageAccept

from open311.queries.catalog.services import keywords_of
from open311.queries.city import City
from open311.web.languages import language

USUAL_LANGUAGE = "en"
"""The language of the catalog of a city without a website."""


@dataclass(frozen=True)
class CatalogWords:
    """The texts of a city's catalog in one language; what is not translated stays as it is."""

    city: City
    language: str

    @cached_property
    def own_language(self) -> str:
        """The language that the catalog itself is written in."""
        return self.city.site.languages[0] if self.city.site else USUAL_LANGUAGE

    def text(self, kind: str, code: str, field: str, original: str) -> str:
        """Return a text, named as in CatalogText."""
        return self._find(kind, code, field) or original

    def lang(self, kind: str, code: str, field: str) -> str:
        """Return the language of that text if it is not the reader's, or else an empty text."""
        is_other = self.language != self.own_language and not self._find(kind, code, field)
        return self.own_language if is_other else ""

    def _find(self, kind: str, code: str, field: str) -> str | None:
        if self.language == self.own_language:
            return None
        return self.city.catalog_texts.find(kind, code, field, self.language)

    def service_name(self, code: str, original: str) -> str:
        return self.text("service", code, "name", original)

    def service_name_of(self, code: str) -> str:
        """Return the name of a service, or its code if there is none."""
        names = (one.service_name for one in self.city.service_names if one.service_code == code)
        return self.service_name(code, next(names, code))

    def department_name(self, code: str, original: str) -> str:
        return self.text("department", code, "name", original)

    def department_of(self, department_id: int) -> str:
        """Return the name of a department; empty if there is none."""
        name = self.city.department_names.get(department_id, "")
        code = next((code for code, one in self.city.departments if one == name), "")
        return self.department_name(code, name)

    def public_reason(self, rule: str | None, original: str) -> str:
        """Return the reason of a rule for residents; empty if the reader cannot read it."""
        if self.language == self.own_language:
            return original.rstrip(".")
        return (self._find("rule", rule or "", "public_reason") or "").rstrip(".")

    def service(self, service: Mapping[str, Any]) -> dict[str, Any]:
        """Return a service of the service list, named as in the standard."""
        code, keywords = service["service_code"], self._find_keywords(service)
        return {
            **service,
            "service_name": self.service_name(code, service["service_name"]),
            "description": self.text("service", code, "description", service["description"]),
            "keywords": service["keywords"] if keywords is None else keywords,
            "group": self.text("service", code, "group", service["group"]),
        }

    def _find_keywords(self, service: Mapping[str, Any]) -> str | None:
        found = self._find("service", service["service_code"], "keywords")
        return None if found is None else keywords_of(found, service["type"])

    def question(self, service_code: str, attribute: Mapping[str, Any]) -> dict[str, Any]:
        """Return a question of a service definition, named as in the standard."""
        code = f"{service_code}/{attribute['code']}"
        texts = {
            field: self.text("question", code, field, attribute[field])
            for field in ("description", "datatype_description")
        }
        found = {**attribute, **texts}
        if "values" in attribute:
            found["values"] = [
                {**one, "name": self.text("answer", f"{code}/{one['key']}", "name", one["name"])}
                for one in attribute["values"]
            ]
        return found


def page_words(city: City) -> CatalogWords:
    """Return the texts for a page of the website."""
    return CatalogWords(city, language())


def asked_words(city: City, locale: str | None) -> CatalogWords:
    """Return the texts for an answer of the API: in the locale, or as Accept-Language asks for.

    A language that nothing is translated into is that of the catalog.
    """
    own = CatalogWords(city, USUAL_LANGUAGE).own_language
    known = [own, *sorted(city.catalog_texts.languages - {own})]
    accepted = request.accept_languages
    if locale is not None:
        accepted = LanguageAccept([(locale.strip().replace("_", "-"), 1)])
    return CatalogWords(city, accepted.best_match(known, default=own) or own)
