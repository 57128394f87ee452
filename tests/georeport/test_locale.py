"""Services in the language of the reader: locale, Accept-Language, Vary, and Content-Language."""

from collections.abc import Callable, Iterator

import pytest
import requests
from catalog_texts import add_spanish
from servers import PATIENCE, running_server

TEXTS = [
    ("service", "POTHOLE", "name", "Bache"),
    ("service", "POTHOLE", "description", "Un hoyo en la calle."),
    ("service", "POTHOLE", "group", "Calles"),
    ("service", "POTHOLE", "keywords", "calle, hoyo"),
    ("service", "TIP", "keywords", "aviso"),
    ("service", "LAMP", "group", "Luces"),
    ("question", "SURVEY/WHO", "description", "¿Quién debe venir?"),
    ("question", "SURVEY/WHO", "datatype_description", "Elija una."),
    ("answer", "SURVEY/WHO/CREW", "name", "Una cuadrilla"),
]


@pytest.fixture(scope="module")
def bilingual(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a Gridtown whose catalog is partly in Spanish."""
    database = fresh_database(gridtown)
    add_spanish(database, TEXTS)
    with running_server(database, tmp_path_factory.mktemp("gunicorn") / "log") as address:
        yield address


def get(address: str, path: str, accepted: str | None = None, **asked: str) -> requests.Response:
    headers = {"Accept-Language": accepted} if accepted else {}
    url = f"{address}/open311/v2/{path}"
    return requests.get(url, params=asked, headers=headers, timeout=PATIENCE)


def services(answer: requests.Response) -> dict[str, dict[str, str]]:
    return {one["service_code"]: one for one in answer.json()}


@pytest.mark.parametrize("path", ["services.json", "services.xml", "services/SURVEY.json"])
def test_without_a_language_the_bytes_are_those_of_a_city_without_translations(
    bilingual: str, still_server: str, path: str
) -> None:
    answer = get(bilingual, path)
    assert answer.content == get(still_server, path).content
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("en-US,en;q=0.9,es;q=0.5", "en"),
        ("fr,es;q=0.5", "es"),
        ("fr", "en"),
        ("*", "en"),
        ("; q=x,,", "en"),
    ],
)
def test_accept_language_chooses_among_the_languages_of_the_catalog(
    bilingual: str, accepted: str, language: str
) -> None:
    answer = get(bilingual, "services.json", accepted)
    name = {"en": "Pothole", "es": "Bache"}[language]
    assert services(answer)["POTHOLE"]["service_name"] == name
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("es", "es"), ("es_MX", "es"), ("ES-mx", "es"), ("en", "en"), ("xx", "en")],
)
def test_locale_takes_precedence_and_caches_may_keep_it_for_all(
    bilingual: str, locale: str, language: str
) -> None:
    accepted = "en" if language == "es" else "es"
    answer = get(bilingual, "services.json", accepted, locale=locale)
    name = {"en": "Pothole", "es": "Bache"}[language]
    assert services(answer)["POTHOLE"]["service_name"] == name
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_only_texts_are_translated_and_what_has_no_translation_stays(bilingual: str) -> None:
    usual, spanish = (services(get(bilingual, "services.json", locale=one)) for one in ("en", "es"))
    assert list(usual) == list(spanish)
    changed = {
        "service_name": "Bache",
        "description": "Un hoyo en la calle.",
        "group": "Calles",
        "keywords": "calle,hoyo",
    }
    assert spanish["POTHOLE"] == {**usual["POTHOLE"], **changed}
    assert spanish["TIP"] == {**usual["TIP"], "keywords": "aviso,private"}
    assert spanish["LAMP"] == {**usual["LAMP"], "group": "Luces"}
    for code in usual.keys() - {"POTHOLE", "TIP", "LAMP"}:
        assert spanish[code] == usual[code]


def test_a_definition_has_translated_questions_and_the_same_keys(bilingual: str) -> None:
    usual, spanish = (
        get(bilingual, "services/SURVEY.json", locale=one).json() for one in ("en", "es")
    )
    assert spanish["attributes"][1:] == usual["attributes"][1:]
    who = {
        "description": "¿Quién debe venir?",
        "datatype_description": "Elija una.",
        "values": [{"key": "CREW", "name": "Una cuadrilla"}, {"key": "CLERK", "name": "A clerk"}],
    }
    assert spanish["attributes"][0] == {**usual["attributes"][0], **who}
    assert spanish["service_code"] == "SURVEY"


def test_each_language_has_its_own_tag(bilingual: str) -> None:
    english, spanish = (get(bilingual, "services.json", one) for one in ("en", "es"))
    assert english.headers["ETag"] != spanish.headers["ETag"]
    url = f"{bilingual}/open311/v2/services.json"
    known = {"If-None-Match": spanish.headers["ETag"]}
    again = requests.get(url, headers={**known, "Accept-Language": "es"}, timeout=PATIENCE)
    other = requests.get(url, headers={**known, "Accept-Language": "en"}, timeout=PATIENCE)
    assert (again.status_code, other.status_code) == (304, 200)
    assert "Accept-Language" in again.headers["Vary"]


SAME = ("agency_responsible", "agency_reason", "boundaries")
"""What is the same in each language; the second answer may be due a second later."""


def test_routing_at_a_location_does_not_depend_on_the_language(bilingual: str) -> None:
    """Rules name groups of services, which are translated in the answer alone."""
    place = {"lat": "0.5", "long": "0.5", "extensions": "true"}
    usual, spanish = (
        services(get(bilingual, "services.json", locale=one, **place)) for one in ("en", "es")
    )
    assert [one["LAMP"]["group"] for one in (usual, spanish)] == ["Lights", "Luces"]
    departments = [
        {code: [one["extended_attributes"][name] for name in SAME] for code, one in some.items()}  # type: ignore[index]
        for some in (usual, spanish)
    ]
    assert departments[0] == departments[1]
    assert departments[1]["LAMP"][0] == "Light Works"


def test_a_locale_that_is_too_long_is_refused(bilingual: str) -> None:
    assert get(bilingual, "services.json", locale="x" * 36).status_code == 400
