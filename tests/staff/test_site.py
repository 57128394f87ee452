"""What administrators set of the residents' website, and what residents then see."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import lxml.html
import pytest
import requests
from administrators import send, told
from georeport_client import Api
from images import encoded, from_a_phone, half_red, opened
from servers import PATIENCE
from site_pages import get, read, words
from staff_client import Person

PAGE, LOGO, SURVEY = "/city/site", "/city/site/logo", "/city/service/SURVEY"
CITY = "gridtown.example"
Fields = Mapping[str, str | list[str]]


def form_of(content: str, action: str) -> dict[str, Any]:
    """Return the fields of a form as a browser would send them."""
    [form] = [
        one for one in lxml.html.fromstring(content).forms if one.action.endswith(f"/staff{action}")
    ]
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def save(chief: Person, *, page: str = PAGE, action: str = PAGE, **changes: Any) -> Any:
    """Submit a form of a page as it is but for some fields; None is a cleared checkbox."""
    fields = {**form_of(chief.get(page).text, action), **changes}
    sent = {name: value for name, value in fields.items() if value is not None}
    return send(chief, page, action, sent)


def beside(content: str, name: str) -> str:
    """Return what a page says of a field."""
    [field] = lxml.html.fromstring(content).xpath(f"//*[@name='{name}'][@aria-invalid='true']")[:1]
    [note] = field.xpath("following-sibling::small[@class='problem'][1]")
    assert note.get("id") in field.get("aria-describedby").split()
    return words(note)


@pytest.fixture(scope="module")
def settings(city: str, run_command: Callable[..., str]) -> Callable[[], str]:
    """Return a function that returns the stored settings in words."""
    return lambda: run_command(city, "site", "show")


@pytest.fixture(scope="module")
def site(chief: Person, town: str) -> str:
    """The address of a website that was opened on the page."""
    assert get(town, "/about").status_code == 404
    assert "Your city has no website yet." in chief.get(PAGE).text
    assert send(chief, PAGE, LOGO, {"remove": "true"}).status_code == 400  # opens none
    assert 'href="/staff/city/site"' in chief.get("/city").text
    answer = save(chief, languages=["en", "es"])
    assert answer.status_code == 303, told(answer)
    assert get(town, "/about").status_code == 200
    assert "Your city has no website yet." not in chief.get(PAGE).text
    return town


def test_residents_see_what_is_set(site: str, chief: Person, settings: Callable[[], str]) -> None:
    answer = save(
        chief,
        color="#7a1f2b",
        languages=["es", "en"],
        phone="555-0123",
        emergency_number="112",
        hold_words="idiot\n\n idiot \nfool",
        embed_origins="https://www.gridtown.example/\nhttp://localhost:8000",
        reports_per_hour="5",
        reports_per_day="7",
        is_indexed="true",
    )
    assert answer.status_code == 303
    assert "#7a1f2b" in get(site, "/site.css").text
    page = read(site, "/about")
    assert [one.get("lang") for one in page.cssselect("footer a[lang]")] == ["es", "en"]
    assert page.cssselect("a[href='tel:5550123']")
    assert page.cssselect("a[href='tel:112']")
    policy = get(site, "/embed/map").headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.gridtown.example http://localhost:8000;" in f"{policy};"
    stored = settings()
    for line in (
        "Words that hold publication: idiot, fool",
        "Reports of one address: 5 an hour, 7 a day",
        "Listed by search engines: yes",
    ):
        assert line in stored
    shown = chief.get(PAGE).text
    assert f"{site}/embed/report" in shown
    assert form_of(shown, PAGE)["hold_words"] == ["idiot\nfool"]
    assert save(chief, languages=["en", "es"], is_indexed=None).status_code == 303
    assert "Listed by search engines: no" in settings()


def test_reporting_closes_with_a_text_and_opens_again(site: str, chief: Person) -> None:
    closed = {"closed/en": "A storm. <b>Please</b> call.", "takes_reports": None}
    assert save(chief, **closed).status_code == 303
    page = read(site, "/en/embed/report")
    assert not page.cssselect("main a[href*='service_code']")
    assert get(site, "/reports").status_code == 200
    [box] = lxml.html.fromstring(chief.get(PAGE).text).xpath("//input[@name='takes_reports']")
    assert not box.checked
    assert "closed" in words(lxml.html.fromstring(chief.get("/city").text))
    assert save(chief, takes_reports="true").status_code == 303
    page = read(site, "/en/embed/report")
    assert page.cssselect("main a[href*='service_code']")


WRONG: list[tuple[dict[str, str | list[str]], str, str]] = [
    ({"color": "#ffd400"}, "color", "White text cannot be read on this color."),
    ({"color": "red"}, "color", "Color must be a color such as #1d5b8f."),
    ({"color": ""}, "color", "Color is required."),
    ({"languages": [""]}, "languages", "Languages is required."),
    ({"languages": ["en", "xx"]}, "languages", "Choose one of the listed answers for Languages."),
    ({"emergency_number": " "}, "emergency_number", "Emergency number is required."),
    ({"emergency_number": "9" * 31}, "emergency_number", "30"),
    ({"phone": "5" * 51}, "phone", "50"),
    ({"embed_origins": "https://a.example/path"}, "embed_origins", "without a path"),
    ({"embed_origins": "https://a.example\n*"}, "embed_origins", "without a path"),
    ({"embed_origins": "https://a.example; script-src *"}, "embed_origins", "without a path"),
    (
        {"embed_origins": "\n".join(f"https://{number}.example" for number in range(51))},
        "embed_origins",
        "can have 50 entries at most.",
    ),
    ({"hold_words": "w" * 101}, "hold_words", "100"),
    ({"reports_per_hour": "many"}, "reports_per_hour", "must be a whole number above 0."),
    ({"reports_per_hour": "0"}, "reports_per_hour", "must be a whole number above 0."),
    ({"reports_per_day": ""}, "reports_per_day", "is required."),
    ({"reports_per_day": "1" * 30}, "reports_per_day", "must be a whole number above 0."),
    (
        {"reports_per_hour": "20", "reports_per_day": "10"},
        "reports_per_day",
        "must not be below the limit for an hour.",
    ),
    ({"about/es": "x" * 20_001}, "about/es", "20,000"),
]


@pytest.mark.parametrize(("change", "field", "why"), WRONG)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(
    site: str,
    chief: Person,
    settings: Callable[[], str],
    change: Mapping[str, Any],
    field: str,
    why: str,
) -> None:
    before = settings()
    typed = {
        "about/en": "Not lost",
        "phone": "555-0199",
        "takes_reports": None,
        "is_indexed": "true",
        "languages": ["es", ""],
    }
    answer = save(chief, **{**typed, **change})
    assert answer.status_code == 400
    assert why in told(answer)
    assert why in beside(answer.text, field)
    kept = form_of(answer.text, PAGE)
    for name, value in {**typed, **change}.items():
        if name in kept and value is not None and name != "languages":
            assert [one.strip() for one in kept[name]] == [str(value).strip()], name
    assert "takes_reports" not in kept
    assert kept["is_indexed"] == ["true"]
    if "languages" not in change:
        assert kept["languages"] == ["es", ""]
    assert settings() == before
    assert "Not lost" not in chief.get(PAGE).text
    assert "Not lost" not in get(site, "/en/about").text


@pytest.mark.parametrize(
    "change",
    [
        {"takes_reports": "perhaps"},
        {"is_indexed": ["true", "x" * 1000]},
        {"color": ["#1d5b8f\0", "red"]},
        {"reports_per_hour": "1e400"},
        {"reports_per_hour": "\u0661"},
        {"languages": ["es", "es", "es"]},
        {"embed_origins": "https://b\u00fccher.example"},
        {"hold_words": "\0\n\U0001f6a7"},
        {"welcome/en": "\0", "welcome/xx": "x", "none/en": "x"},
    ],
)
def test_nothing_breaks_the_page(site: str, chief: Person, change: Mapping[str, Any]) -> None:
    before = form_of(chief.get(PAGE).text, PAGE)
    assert save(chief, **change).status_code in (303, 400)
    assert chief.get(PAGE).status_code == 200
    assert get(site, "/embed/map").status_code == 200
    assert send(chief, PAGE, PAGE, before).status_code == 303


def test_all_problems_are_told_at_once(site: str, chief: Person) -> None:
    answer = save(chief, color="red", emergency_number="", **{"about/en": "x" * 20_001})
    for field in ("color", "emergency_number", "about/en"):
        assert beside(answer.text, field)


def test_texts_are_plain_with_links_and_in_their_language(site: str, chief: Person) -> None:
    text = "Hola <script>alert(1)</script>\r\n\r\nhttps://gridtown.example"
    assert save(chief, **{"about/es": text}).status_code == 303
    page = read(site, "/es/about")
    [first, second] = page.cssselect("main p.said")
    assert words(first) == "Hola <script>alert(1)</script>"
    assert second.cssselect("a[href='https://gridtown.example']")
    assert read(site, "/en/about").cssselect("main [lang='es']")  # the only one there is
    assert save(chief, **{"about/en": "About us"}).status_code == 303
    assert "About us" in words(read(site, "/en/about"))
    assert save(chief, **{"about/en": "", "about/es": " "}).status_code == 303
    assert not read(site, "/es/about").cssselect("main p.said")


def send_logo(chief: Person, content: bytes, name: str = "logo.png") -> requests.Response:
    files = {"media": (name, content, "image/png")}
    return send(chief, PAGE, LOGO, files=files)


def test_a_logo_is_made_anew_served_and_removed(site: str, chief: Person) -> None:
    assert get(site, "/site-logo").status_code == 404
    assert not read(site, "/about").cssselect("header img")
    clear = half_red(800, 800).convert("RGBA")
    clear.putalpha(0)
    assert send_logo(chief, encoded(clear, "PNG")).status_code == 303
    shown = get(site, "/site-logo")
    assert shown.headers["Content-Type"] == "image/jpeg"
    image = opened(shown.content)
    assert image.size == (400, 400)
    assert image.getpixel((5, 5)) == (255, 255, 255)
    [link] = read(site, "/es/about").cssselect("header img")
    assert get(site, link.get("src")).content == shown.content
    again = get(site, "/site-logo", If_None_Match=shown.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert chief.get(LOGO).content == shown.content

    assert send_logo(chief, from_a_phone(), "logo.jpg").status_code == 303
    changed = get(site, "/site-logo")
    assert changed.headers["ETag"] != shown.headers["ETag"]
    assert b"Secret" not in changed.content
    [other] = read(site, "/about").cssselect("header img")
    assert other.get("src") != link.get("src")  # a browser does not show the former one

    assert send(chief, PAGE, LOGO, {"remove": "true"}).status_code == 303
    assert get(site, "/site-logo").status_code == 404
    assert chief.get(LOGO).status_code == 404
    assert not read(site, "/about").cssselect("header img")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SVG, "is not a photo that can be read."),
        (b"<?xml version='1.0'?>" + SVG, "is not a photo that can be read."),
        (b"", "is not a photo that can be read."),
        (encoded(half_red(), "PNG")[:60], "is damaged or incomplete."),
    ],
)
def test_what_is_no_image_is_no_logo(site: str, chief: Person, content: bytes, why: str) -> None:
    answer = send_logo(chief, content)
    assert answer.status_code == 400
    assert why in told(answer)
    assert why in beside(answer.text, "media")
    assert get(site, "/site-logo").status_code == 404


def translations(page: str, action: str) -> dict[str, Any]:
    return {name: value[0] for name, value in form_of(page, action).items() if name[-3:] == "/es"}


def in_spanish(town: str, path: str) -> Any:
    url = f"{town}/open311/v2/{path}.json"
    answer = requests.get(url, params={"locale": "es"}, timeout=PATIENCE)
    assert answer.status_code == 200
    return answer.json()


def test_a_service_is_translated_with_its_questions(site: str, chief: Person, api: Api) -> None:
    action = f"{SURVEY}/translations"
    fields = translations(chief.get(SURVEY).text, action)
    original = api.get("v2/services/SURVEY").document["attributes"]
    codes = [f"SURVEY/{one['code']}" for one in original]
    options = [
        f"{code}/{value['key']}"
        for code, one in zip(codes, original, strict=True)
        for value in one.get("values", ())
    ]
    assert {
        "service/SURVEY/name/es",
        "service/SURVEY/keywords/es",
        *(f"question/{code}/description/es" for code in codes),
        *(f"answer/{code}/name/es" for code in options),
    } <= set(fields)
    assert options
    changeset = api.get("discovery").document["changeset"]
    sent = {
        **{name: f"es {number}" for number, name in enumerate(fields)},
        "service/SURVEY/name/es": "Encuesta",
        "service/POTHOLE/name/es": "Not of this form",
        "service/SURVEY/name/fr": "Pas une langue",
    }
    answer = save(chief, page=SURVEY, action=action, **sent)
    assert answer.status_code == 303, told(answer)
    assert api.get("discovery").document["changeset"] > changeset
    by_code = {one["service_code"]: one for one in in_spanish(site, "services")}
    assert by_code["SURVEY"]["service_name"] == "Encuesta"
    assert by_code["POTHOLE"]["service_name"] != "Not of this form"
    for one in in_spanish(site, "services/SURVEY")["attributes"]:
        assert one["description"].startswith("es ")
        assert all(value["name"].startswith("es ") for value in one.get("values", ()))
    assert "Encuesta" in words(read(site, "/es/services"))
    assert "Encuesta" not in words(read(site, "/en/services"))
    assert api.get("v2/services/SURVEY").document["attributes"] == original

    empty = dict.fromkeys(fields, "")
    assert save(chief, page=SURVEY, action=action, **empty).status_code == 303
    assert in_spanish(site, "services/SURVEY")["attributes"] == original


def test_a_translation_that_is_too_long_is_told_and_kept(site: str, chief: Person) -> None:
    action, name = f"{SURVEY}/translations", "service/SURVEY/name/es"
    answer = save(chief, page=SURVEY, action=action, **{name: "x" * 2001})
    assert answer.status_code == 400
    assert "2,000" in beside(answer.text, name)
    assert form_of(answer.text, action)[name] == ["x" * 2001]
    assert translations(chief.get(SURVEY).text, action)[name] == ""


def test_departments_are_translated(site: str, chief: Person) -> None:
    page, action = "/city/departments", "/city/departments/translations"
    name = "department/WEST/name/es"
    assert save(chief, page=page, action=action, **{name: "Patio Oeste"}).status_code == 303
    assert translations(chief.get(page).text, action)[name] == "Patio Oeste"
    others = translations(chief.get(page).text, action)
    assert [text for text in others.values() if text] == ["Patio Oeste"]
    assert save(chief, page=page, action=action, **{name: ""}).status_code == 303


def test_there_is_nothing_to_translate_without_a_further_language(site: str, chief: Person) -> None:
    assert save(chief, languages=["en", ""]).status_code == 303
    for page in (SURVEY, "/city/departments"):
        assert "/translations" not in chief.get(page).text
    assert save(chief, languages=["es", "en"]).status_code == 303
    assert "service/SURVEY/name/en" in chief.get(SURVEY).text
    assert save(chief, languages=["en", "es"]).status_code == 303


def test_several_at_once_store_the_same(site: str, chief: Person) -> None:
    action = f"{SURVEY}/translations"
    sent = form_of(chief.get(SURVEY).text, action) | {"service/SURVEY/name/es": "A la vez"}
    texts = form_of(chief.get(PAGE).text, PAGE) | {"welcome/en": "At once"}

    def post(job: tuple[str, Fields]) -> int:
        answer = chief.session.post(
            f"{chief.address}/staff{job[0]}", data=job[1], timeout=PATIENCE, allow_redirects=False
        )
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(post, [(action, sent), (PAGE, texts)] * 6))
    assert set(found) == {303}
    assert "At once" in chief.get(PAGE).text
    assert save(chief, page=SURVEY, action=action, **{"service/SURVEY/name/es": ""})
    assert save(chief, **{"welcome/en": ""}).status_code == 303


def test_a_new_service_keeps_its_checkboxes_after_an_error(chief: Person) -> None:
    page = "/city/services"
    usual = form_of(chief.get(page).text, page)
    assert usual["is_on_site"] == ["true"]
    assert not {"looked_at_first", "needs_contact"} & set(usual)
    sent = {"service_code": ["POTHOLE"], "is_on_site": None, "needs_contact": "true"}
    answer = save(chief, page=page, action=page, service_name="Hole", **sent)
    assert answer.status_code == 400
    kept = form_of(answer.text, page)
    assert not {"is_on_site", "looked_at_first"} & set(kept)
    assert kept["needs_contact"] == ["true"]


def test_a_service_keeps_its_checkboxes_after_an_error(chief: Person) -> None:
    page, action = "/city/service/LAMP", "/city/service/LAMP/save"
    answer = save(chief, page=page, action=action, active=None, is_on_site=None, expected_days="x")
    assert answer.status_code == 400
    kept = form_of(answer.text, action)
    assert not {"active", "is_on_site"} & set(kept)
    question = f"{page}/question"
    wrong = {"code": "A", "datatype": "text", "description": "What?", "options": "A=B"}
    answer = send(chief, page, question, wrong)
    assert answer.status_code == 400
    assert form_of(answer.text, action) == form_of(chief.get(page).text, action) | {
        "csrf_token": form_of(answer.text, action)["csrf_token"]
    }
