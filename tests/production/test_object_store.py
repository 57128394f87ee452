"""Photos in an S3 server: stored, read, swept, and what happens without it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from georeport_client import KEYS, Api
from images import from_a_phone, opened
from object_store import BUCKET, ObjectStore, needs_rclone, running_store
from programs import run_program
from servers import PATIENCE, running_server
from settings import settings_for

from open311.media.store import MediaStore, files_of, new_data_name, new_name
from open311.operations.maintenance import sweep_media

pytestmark = [pytest.mark.operations, needs_rclone]

PLACE = f"s3://{BUCKET}/of/the/city"
SETTINGS = {"OPEN311_MEDIA_STORE": PLACE}
LARGE = 12_000_000
"""Bytes of a file that is sent in several parts."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with running_store(tmp_path_factory.mktemp("s3")) as store:
        yield store


def post(api: Api, description: str) -> Any:
    fields = {"api_key": api.key, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    parts: Any = [
        *((name, (None, text)) for name, text in fields.items()),
        ("description", (None, description)),
        ("media[]", ("photo.jpg", from_a_phone())),
    ]
    return api.send("POST", "v2/requests", files=parts)


def lead_to(
    monkeypatch: pytest.MonkeyPatch, store: ObjectStore, environment: Mapping[str, str] = {}
) -> None:
    for name, value in {**store.environment(), **environment}.items():
        monkeypatch.setenv(name, value)


def test_a_photo_is_there_before_the_answer_and_is_not_lost_with_the_server(
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path: Path,
) -> None:
    lead_to(monkeypatch, store)
    with running_server(fresh_database(gridtown), tmp_path / "log", SETTINGS) as address:
        api = Api(address, "json", KEYS["gridtown.example"])
        [id_] = post(api, "With a photo").ids()
        [told] = api.one(id_, extensions="true")["extended_attributes"]["photos"]
        names = {told[link].rpartition("/")[2] for link in ("media_url", "thumbnail_url")}
        assert {f"of/the/city/{name}" for name in names} <= store.names()
        photo = requests.get(told["media_url"], timeout=PATIENCE)
        assert opened(photo.content).size == (60, 40)

        store.stop()
        without = post(api, "While the store is down")
        assert without.status == 200
        assert "Your photo could not be stored." in without.document[0]["service_notice"]
        unread = requests.get(told["media_url"], timeout=PATIENCE)
        assert unread.status_code == 503
        assert "Retry-After" in unread.headers

        store.start()
        assert requests.get(told["media_url"], timeout=PATIENCE).content == photo.content
        [later] = post(api, "When it is back").ids()
        assert api.one(later)["media_url"]
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_files_of_all_sizes_come_back_and_unused_ones_are_swept(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch, app: Any, tmp_path: Path
) -> None:
    lead_to(monkeypatch, store)
    files = MediaStore(f"s3://{BUCKET}/swept")
    source, large = tmp_path / "large", new_data_name("csv")
    source.write_bytes(bytes(range(256)) * (LARGE // 256))
    with source.open("rb") as content:
        files.copy(large, content)
    with files.open(large) as stored:
        stored.seek(LARGE - 1000)
        assert stored.read() == source.read_bytes()[-1000:]
    for name in files_of([new_name()]):
        files.write(name, b"content")
    assert sweep_media(files, datetime.now(UTC)) == 0
    assert sweep_media(files, datetime.now(UTC) + timedelta(days=400)) >= 2
    assert not [name for name in store.names() if name.startswith("swept/") and "data-" not in name]


@pytest.mark.parametrize(
    ("environment", "settings", "sentence"),
    [
        ({}, SETTINGS, "The photo storage can be written"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, SETTINGS, "OPEN311_MEDIA_STORE cannot be used"),
        ({}, {"OPEN311_MEDIA_STORE": "s3://no-such-bucket"}, "OPEN311_MEDIA_STORE cannot be used"),
    ],
)
def test_doctor_says_whether_it_can_be_used(
    store: ObjectStore,
    fresh_database: Callable[[str], str],
    gridtown: str,
    environment: dict[str, str],
    settings: dict[str, str],
    sentence: str,
) -> None:
    values = settings_for(fresh_database(gridtown), **settings)
    done = run_program(["doctor"], {**values, **store.environment(), **environment})
    assert sentence in done.stdout
