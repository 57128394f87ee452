"""Settings whose values are in files, as systemd and containers keep secrets."""

from collections.abc import Callable
from pathlib import Path

import pytest

from open311.config import load_settings
from open311.errors import SettingError

URL = "postgresql://311@db.example/311"


def test_a_value_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(f"{URL}\n")
    settings = load_settings({"DATABASE_URL_FILE": str(file)})
    assert settings["DATABASE_URL"] == URL.replace("://", "+psycopg://")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (lambda folder: {"OPEN311_SECRET_KEY_FILE": f"{folder}/none"}, ["cannot be read", "none"]),
        (
            lambda folder: {"OPEN311_BIND": "[::1]:1", "OPEN311_BIND_FILE": f"{folder}/bind"},
            ["OPEN311_BIND and OPEN311_BIND_FILE are both set"],
        ),
        (lambda _folder: {"OPEN311_SECRET_FILE": "x"}, ["OPEN311_SECRET_FILE is not a setting"]),
        (lambda _folder: {"OPEN311_ERROR_HOOK": "json"}, ["package.module:function"]),
        (lambda _folder: {"OPEN311_ERROR_HOOK": "no.such:one"}, ["cannot be imported"]),
        (lambda _folder: {"OPEN311_ERROR_HOOK": ".hook:one"}, ["cannot be imported"]),
        (lambda _folder: {"OPEN311_ERROR_HOOK": "json:none"}, ["has no function none"]),
    ],
)
def test_one_that_cannot_be_used_ends_with_one_sentence(
    tmp_path: Path, environ: Callable[[Path], dict[str, str]], words: list[str]
) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({"DATABASE_URL": URL, **environ(tmp_path)})
    for word in words:
        assert word in str(refused.value)
