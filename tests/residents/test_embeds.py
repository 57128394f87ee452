"""Frames of other websites, and the files at fixed paths."""

import json
import re
from pathlib import Path

import psycopg
import pytest
from lxml import etree
from site_pages import get, link_named, one, read, words

import open311
from schemas.colors import LEAST_CONTRAST, contrast, mixed

SITE_CSS = Path(open311.__file__).parent / "static/residents/site.css"
COLORS = ("#1d5b8f", "#ffffff", "#000000", "#ffff00", "#808080", "#0b6b3a", "#ff0000", "#10151a")


def set_site(database: str, **values: object) -> None:
    columns = ", ".join(f"{name} = %({name})s" for name in values)
    with psycopg.connect(database) as connection:
        connection.execute(f"UPDATE sites SET {columns}", values)  # type: ignore[arg-type]


def ancestors(address: str, path: str) -> str:
    policy = get(address, path).headers["Content-Security-Policy"]
    [found] = re.findall("frame-ancestors ([^;]*)", policy)
    return str(found)


@pytest.mark.parametrize("path", ["/embed/report", "/embed/map", "/es/embed/map"])
def test_only_the_origins_of_the_city_may_frame(
    website: str, site_database: str, path: str
) -> None:
    set_site(site_database, embed_origins=[])
    assert ancestors(website, path) == "'none'"
    origins = ["https://www.gridtown.example", "http://localhost:8000"]
    set_site(site_database, embed_origins=[*origins, "*", "https://x.example; script-src *"])
    assert ancestors(website, path) == " ".join(origins)
    answer = get(website, path)
    assert "Set-Cookie" not in answer.headers
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/reports", "/services", "/about", "/find?number=1"])
def test_no_other_page_can_be_framed(website: str, site_database: str, path: str) -> None:
    set_site(site_database, embed_origins=["https://www.gridtown.example"])
    assert ancestors(website, path) == "'none'"


def test_the_frame_for_reports_leads_to_the_form_in_a_page_of_its_own(
    website: str, site_database: str
) -> None:
    page = read(website, "/es/embed/report")
    links = page.cssselect("main a:not([href^='tel:'])")
    assert all(link.get("target") == "_blank" for link in links)
    assert [link.get("href") for link in links if "service_code=POTHOLE" in link.get("href")] == [
        "/es/?service_code=POTHOLE"
    ]
    assert not page.cssselect("header")
    set_site(site_database, takes_reports=False)
    closed = read(website, "/embed/report")
    set_site(site_database, takes_reports=True)
    assert not [one for one in closed.cssselect("main a") if "service_code" in one.get("href")]


def test_the_frame_with_the_map_has_the_filters_of_the_list(website: str) -> None:
    page = read(website, "/en/embed/map?status=closed&start_date=2000-01-01&end_date=2000-02-01")
    assert "status=closed" in one(page, "#map").get("data-query")
    assert "0 requests" in words(one(page, "main"))
    assert link_named(page, "All requests").startswith("/en/reports?status=closed")


@pytest.mark.parametrize(
    "query", ["status=nonsense", "closed_after=2026-02-01&closed_before=2026-01-01"]
)
def test_a_filter_that_cannot_be_used_is_told_in_the_frame(
    website: str, site_database: str, query: str
) -> None:
    set_site(site_database, embed_origins=["https://www.gridtown.example"])
    assert ancestors(website, f"/embed/map?{query}") == "https://www.gridtown.example"
    page = read(website, f"/embed/map?{query}", status=400)
    assert not page.cssselect("header")
    links = page.cssselect("main a:not([href^='tel:'])")
    assert len(links) > 1
    assert all(link.get("target") == "_blank" for link in links)


def tokens(css: str) -> list[dict[str, str]]:
    """The custom properties of the light and of the dark pages."""
    light, dark = css.split("@media", 1)
    found = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", part)) for part in (light, dark)]
    return [found[0], {**found[0], **found[1]}]


def whole(color: str) -> str:
    return "#" + "".join(2 * one for one in color[1:]) if len(color) == 4 else color


@pytest.mark.parametrize("color", COLORS)
def test_the_color_of_the_city_can_be_read_in_light_and_dark(
    website: str, site_database: str, color: str
) -> None:
    """WCAG 2.2, 1.4.3, on the backgrounds of site.css"""
    set_site(site_database, color=color)
    answer = get(website, "/site.css")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    own = SITE_CSS.read_text("utf-8")
    frame = tokens(own[: own.index("}\n}") + 3])
    for base, city in zip(frame, tokens(answer.text), strict=True):
        shown = {name: whole(one) for name, one in {**base, **city}.items()}
        assert shown["city"] == color
        grounds = [shown["paper"], shown["ground"], mixed(shown["accent"], 0.12, shown["paper"])]
        pairs = [(shown["accent"], ground) for ground in grounds]
        pairs += [(shown["on-city"], color), (shown["on-accent"], shown["accent"])]
        pairs += [(shown["on-accent"], mixed(shown["accent"], 0.85, "#000000"))]
        for text, ground in pairs:
            assert contrast(text, ground) >= LEAST_CONTRAST, (text, ground)
    if color == "#1d5b8f":  # a color that can be read is taken as it is
        assert tokens(answer.text)[0]["accent"] == color


@pytest.mark.parametrize(
    "path", ["/site.css", "/site.webmanifest", "/site-icon.svg", "/sw.js", "/robots.txt"]
)
def test_a_file_is_not_sent_again_and_changes_with_the_settings(
    website: str, site_database: str, path: str
) -> None:
    set_site(site_database, color="#1d5b8f")
    first = get(website, path)
    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    again = get(website, path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    set_site(site_database, color="#0b6b3a")
    changed = get(website, path, If_None_Match=first.headers["ETag"])
    assert changed.status_code == (304 if path == "/robots.txt" else 200)


def test_a_phone_can_put_the_website_on_its_home_screen(website: str) -> None:
    answer = get(website, "/site.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    about = json.loads(answer.text)
    assert (about["name"], about["start_url"], about["display"]) == ("Gridtown", "/", "standalone")
    [icon] = about["icons"]
    etree.fromstring(get(website, icon["src"]).content)
    assert get(website, icon["src"]).headers["Content-Type"].startswith(icon["type"])


def test_the_worker_has_a_version_and_is_asked_for_anew(website: str) -> None:
    answer = get(website, "/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    [version] = re.findall(r'^const VERSION = "([^"]+)";$', answer.text, re.MULTILINE)
    assert re.fullmatch("[0-9a-f]{16}", version)
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]


def test_what_the_worker_keeps_is_there(website: str) -> None:
    static = "/open311/static/"
    text = get(website, "/sw.js").text
    assert f'const STATIC = "{static}";' in text
    [scripts] = re.findall(r"const SCRIPTS = (\[.*\]);", text)
    files = [f"{static}residents/{name}.mjs" for name in json.loads(scripts)]
    for path in ("/", "/offline", "/site.css", "/site.webmanifest", *files):
        assert get(website, path).status_code == 200, path


def test_search_engines_keep_off_secrets_and_may_read_pages_that_say_noindex(website: str) -> None:
    lines = get(website, "/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    for path in ("/track/", "/f/", "/report/", "/*/track/"):
        assert f"Disallow: {path}" in lines
    assert not [line for line in lines if line in ("Disallow: /", "Disallow: /r/")]


def test_without_a_base_map_there_is_no_file_of_it(website: str) -> None:
    assert get(website, "/base-map").status_code == 404
