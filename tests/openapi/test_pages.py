"""The description as it is served, and the page that shows it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from browsing import CHROMIUM
from servers import PATIENCE, running_server

STATIC = Path(__file__).resolve().parents[2] / "open311/static"


def test_the_description_names_both_endpoints_of_the_server_asked(server: str) -> None:
    answer = requests.get(f"{server}/open311/openapi.json", timeout=PATIENCE)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    urls = [entry["url"] for entry in answer.json()["servers"]]
    assert urls == [f"{server}/open311/v2", f"{server}/open311/test/v2"]


def test_behind_a_proxy_it_names_the_public_address(
    fresh_database: Callable[[str], str], empty: str, tmp_path: Path
) -> None:
    settings = {"OPEN311_PUBLIC_URL": "https://311.gridtown.example/city/"}
    with running_server(fresh_database(empty), tmp_path / "log", settings) as address:
        document = requests.get(f"{address}/open311/openapi.json", timeout=PATIENCE).json()
        page = requests.get(f"{address}/open311/docs", timeout=PATIENCE)
    assert document["servers"][0]["url"] == "https://311.gridtown.example/city/open311/v2"
    discovery, _same = document["paths"]["/discovery.xml"]["get"]["servers"]
    assert discovery["url"] == "https://311.gridtown.example/city/open311"
    policy = page.headers["Content-Security-Policy"]
    assert "connect-src 'self' https://311.gridtown.example;" in policy


def test_the_page_may_run_no_script_but_files_of_this_server(server: str) -> None:
    page = requests.get(f"{server}/open311/docs", timeout=PATIENCE)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script[^>]*>[^<]|<style|\son\w+=|style=", page.text)


def test_all_the_page_is_made_of_lies_here(server: str) -> None:
    page = requests.get(f"{server}/open311/docs", timeout=PATIENCE).text
    needed = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page)
    assert len(needed) == 5
    for name in needed:
        answer = requests.get(f"{server}/open311/{name}", timeout=PATIENCE)
        assert answer.status_code == 200, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for path in STATIC.glob("docs.*"):
        assert "//" not in re.sub(r"^// .*$", "", path.read_text(), flags=re.MULTILINE), path


def test_what_is_not_there_is_a_georeport_error(server: str) -> None:
    for name in ("static/nothing.js", "static/../app.py", "static/%2e%2e/app.py", "openapi.xml"):
        answer = requests.get(f"{server}/open311/{name}", timeout=PATIENCE)
        assert answer.status_code == 404
        assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<errors>')


def test_a_browser_shows_every_endpoint(
    server: str, tmp_path: Path, figure: Callable[[str, object], None]
) -> None:
    """As strict as the page's policy is: Swagger UI must do with what it is allowed."""
    if CHROMIUM is None:
        figure("the page of /open311/docs in a browser", "not tried: no chromium is installed here")
        pytest.skip("no chromium is installed here")
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
            *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
            *("--disable-sync", f"--user-data-dir={tmp_path}", "--enable-logging=stderr"),
            *("--virtual-time-budget=20000", "--dump-dom", f"{server}/open311/docs"),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    paths = requests.get(f"{server}/open311/openapi.json", timeout=PATIENCE).json()["paths"]
    shown = set(re.findall(r'data-path="([^"]+)"', done.stdout))
    assert shown == set(paths)
    assert "Content Security Policy" not in done.stderr
