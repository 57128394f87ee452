"""Paths in logs, without the secrets of the website."""

from typing import NoReturn

import pytest
from applications import propagating
from settings import settings_for

from open311.app import create_app
from open311.logs import mask_secrets
from open311.secret_links import token_of

TOKEN = token_of("k", "track", 1)
ADDRESS = "kim@mail.example"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (f"/track/{TOKEN}", "/track/…"),
        (f"/track/{TOKEN}/reopen", "/track/…/reopen"),
        (f"/es/track/{TOKEN}", "/es/track/…"),
        (f"//track///{TOKEN}", "//track///…"),
        (f"/Track/{TOKEN}", "/Track/…"),
        (f"/track/{TOKEN[:5]}", "/track/…"),
        (f"/f/{TOKEN}", "/f/…"),
        (f"/en/f/{TOKEN}/", "/en/f/…/"),
        (f"/report/sent/{TOKEN}", "/report/sent/…"),
        (f"/es/report/{TOKEN}/photo", "/es/report/…/photo"),
        (f"/report/{TOKEN}", "/report/…"),
        (f"/staff/password/{TOKEN}", "/staff/password/…"),
        ("/report/draft", "/report/draft"),
        ("/report/challenge", "/report/challenge"),
        ("/report/suggestions", "/report/suggestions"),
        ("/reports", "/reports"),
        ("/r/26-0000001", "/r/26-0000001"),
        ("/open311/v2/requests/26-0000001.json", "/open311/v2/requests/26-0000001.json"),
        ("/ogc/collections/requests/items", "/ogc/collections/requests/items"),
        ("/a\nb", "'/a\\nb'"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_secrets_are_masked_and_other_paths_are_not(path: str, logged: str) -> None:
    assert mask_secrets(path) == logged


def test_a_failure_while_an_error_is_answered_shows_neither_the_path_nor_the_data(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_app(settings_for("postgresql://127.0.0.1:1/nowhere"))

    def fail(*_error: Exception) -> NoReturn:
        raise RuntimeError(ADDRESS)

    app.before_request(fail)
    app.register_error_handler(RuntimeError, fail)
    with propagating("open311"):
        app.test_client().get(f"/track/{TOKEN}")
    assert "GET /track/… failed, reference " in caplog.text
    assert TOKEN not in caplog.text
    assert ADDRESS not in caplog.text
