"""Paths in logs, without the secrets of the website."""

import pytest

from open311.logs import mask_secrets
from open311.secret_links import token_of

TOKEN = token_of("k", "track", 1)


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
        ("/report/draft", "/report/draft"),
        ("/report/challenge", "/report/challenge"),
        ("/report/suggestions", "/report/suggestions"),
        ("/reports", "/reports"),
        ("/r/26-0000001", "/r/26-0000001"),
        ("/open311/v2/requests/26-0000001.json", "/open311/v2/requests/26-0000001.json"),
        ("/ogc/collections/requests/items", "/ogc/collections/requests/items"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_secrets_are_masked_and_other_paths_are_not(path: str, logged: str) -> None:
    assert mask_secrets(path) == logged
