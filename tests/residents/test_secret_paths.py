"""Secret links and drafts are in no log, whatever happens to the HTTP request."""

import logging
import re
from pathlib import Path

import psycopg
import pytest
import requests
from flask import Flask
from servers import PATIENCE, wait_until
from sqlalchemy.exc import OperationalError

from open311.app import create_app
from open311.secret_links import token_of

TOKEN = token_of("k", "track", 1)
PATHS = (
    *(f"/track/{TOKEN}", f"/es/track/{TOKEN}/reopen", f"//track//{TOKEN}", f"/%74rack/{TOKEN}"),
    *(
        f"/f/{TOKEN}",
        f"/es/u/{TOKEN}",
        f"/es/a/{TOKEN}",
        f"/report/sent/{TOKEN}",
        f"/en/report/{TOKEN}/photo",
        f"/report/{TOKEN}?a=b",
    ),
)


def test_the_access_log_masks_them(website: str, site_log: Path) -> None:
    for path in PATHS:
        for method in ("GET", "POST"):
            answer = requests.request(
                method,
                f"{website}{path}",
                headers={"Referer": f"{website}/track/{TOKEN}"},
                timeout=PATIENCE,
            )
            assert answer.status_code < 500
    requests.get(f"{website}/no-secret", timeout=PATIENCE)
    assert wait_until(lambda: "/no-secret" in site_log.read_text())
    log = site_log.read_text()
    assert TOKEN not in log
    for masked in (
        *(
            "/track/…",
            "/es/track/…/reopen",
            "/f/…",
            "/es/u/…",
            "/es/a/…",
            "/report/sent/…",
            "/report/…",
        ),
    ):
        assert f" {masked} " in log


def test_a_path_cannot_write_a_line_of_its_own(website: str, site_log: Path) -> None:
    requests.get(f"{website}/first%0A[forged]%20line?key=secret", timeout=PATIENCE)
    assert wait_until(lambda: "forged" in site_log.read_text())
    [line] = [one for one in site_log.read_text().splitlines() if "forged" in one]
    assert re.fullmatch(
        r"\[.+\] GET '/first\\n\[forged\] line' 404 \d+ms, database \d+ms in \d+ round trips", line
    )


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(f"of {TOKEN}"),
        OperationalError("SELECT", None, psycopg.OperationalError("no server")),
    ],
)
def test_the_error_log_masks_them(
    app: Flask, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    failing = create_app({**_settings_of(app), "OPEN311_SECRET_KEY": "s" * 32})

    def fail(token: str) -> str:
        raise error

    failing.add_url_rule("/track/<token>/broken", view_func=fail)
    log = logging.getLogger("open311")
    log.addHandler(caplog.handler)
    try:
        answer = failing.test_client().get(f"/track/{TOKEN}/broken")
    finally:
        log.removeHandler(caplog.handler)
    assert answer.status_code in (400, 503)
    assert "GET /track/…/broken" in caplog.text
    assert TOKEN not in caplog.text


def _settings_of(app: Flask) -> dict[str, str]:
    return {
        "DATABASE_URL": app.config["DATABASE_URL"].replace("+psycopg", ""),
        "OPEN311_MEDIA_STORE": app.config["OPEN311_MEDIA_STORE"],
    }
