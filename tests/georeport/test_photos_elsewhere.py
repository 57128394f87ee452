"""Photos in an S3 store, and photos on another server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from georeport_client import Api
from images import from_a_phone, opened
from moto.server import ThreadedMotoServer
from servers import PATIENCE, running_server

from open311.media.store import MediaStore, files_of, new_name
from open311.operations.maintenance import sweep_media

KEY = "key-of-gridtown"
BUCKET = "photos"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 store with a bucket, which the environment leads every S3 program to."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=PATIENCE)
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    server.stop()


def keys(s3: Any) -> list[str]:
    found = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return sorted(entry["Key"] for entry in found)


def post(api: Api, *photos: bytes, **fields: str) -> Any:
    texts = {"api_key": KEY, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5", **fields}
    parts: Any = [
        *((name, (None, text)) for name, text in texts.items()),
        *(("media[]", ("photo.png", content)) for content in photos),
    ]
    return api.send("POST", "v2/requests", files=parts)


def test_photos_go_to_s3_and_come_from_there(
    s3: Any,
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path: Path,
) -> None:
    """EXT-05"""
    database = fresh_database(gridtown)
    settings = {"OPEN311_MEDIA_STORE": f"s3://{BUCKET}/a/prefix"}
    with running_server(database, tmp_path / "log", settings) as address:
        api = Api(address, "json", KEY)
        [id_] = post(api, from_a_phone(6)).ids()
        [told] = api.one(id_, extensions="true")["extended_attributes"]["photos"]
        names = [told[link].rpartition("/")[2] for link in ("media_url", "thumbnail_url")]
        assert keys(s3) == sorted(f"a/prefix/{name}" for name in names)
        answer = requests.get(told["media_url"], timeout=PATIENCE)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert opened(answer.content).size == (40, 60)
        refused = post(api, from_a_phone(), lat="45", long="7")
        assert refused.status == 400
        assert len(keys(s3)) == 2
        s3.delete_object(Bucket=BUCKET, Key=f"a/prefix/{names[0]}")
        assert requests.get(told["media_url"], timeout=PATIENCE).status_code == 404


def sweep(store: MediaStore, hours: int) -> int:
    """Sweep as it will be done in so many hours."""
    return sweep_media(store, datetime.now(UTC) + timedelta(hours=hours))


def test_the_sweep_goes_through_s3_by_its_clock(s3: Any, app: Any) -> None:
    store = MediaStore(f"s3://{BUCKET}/a/prefix")
    assert sweep(store, hours=2) == 0
    for file_name in files_of([new_name()]):
        store.write(file_name, b"content")
    s3.put_object(Bucket=BUCKET, Key="a/prefix/notes.txt", Body=b"not ours")
    assert sweep(store, hours=0) == 0
    assert len(keys(s3)) == 3
    assert sweep(store, hours=2) == 2
    assert keys(s3) == ["a/prefix/notes.txt"]


def test_without_the_s3_store_a_report_is_taken_without_its_photo(
    s3: Any, fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    settings = {"OPEN311_MEDIA_STORE": "s3://no-such-bucket"}
    with running_server(fresh_database(gridtown), tmp_path / "log", settings) as address:
        api = Api(address, "json", KEY)
        answer = post(api, from_a_phone())
        assert answer.status == 200
        assert "Your photo could not be stored." in answer.document[0]["service_notice"]
        [id_] = answer.ids()
        assert api.one(id_)["media_url"] is None


def test_links_into_the_citys_own_network_are_not_followed_and_stay(
    server: str, fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    own = Api(server, "json", KEY)
    [id_] = post(own, from_a_phone()).ids()
    link = own.one(id_)["media_url"]
    settings = {"OPEN311_FETCH_MEDIA": "yes", "OPEN311_MEDIA_STORE": str(tmp_path / "media")}
    with running_server(fresh_database(gridtown), tmp_path / "log", settings) as address:
        api = Api(address, "json", KEY)
        [id_] = post(api, media_url=link).ids()
        assert api.one(id_)["media_url"] == link
    assert list((tmp_path / "media").iterdir()) == []
