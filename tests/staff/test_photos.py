"""Photos that are not public, on staff pages; the sandbox; and a store that takes no photos."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from georeport_client import KEYS, Answer, Api, Sandbox
from images import encoded, from_a_phone, half_red, opened
from PIL import Image
from servers import PATIENCE, running_server
from settings import photo_folder
from staff_client import Person

from tests.staff.conftest import SECRET
from tests.staff.test_comments import set_period

Sign = Callable[[str], Person]


def post(api: Api, content: bytes, path: str = "v2/requests", **fields: str) -> Answer:
    texts = {"api_key": api.key, "lat": "0.5", "long": "0.5", **fields}
    if path == "v2/requests":
        texts.setdefault("service_code", "POTHOLE")
    parts: Any = [(name, (None, text)) for name, text in texts.items()]
    return api.send("POST", path, files=[*parts, ("media", ("photo.png", content, "image/png"))])


def noise(width: int, height: int) -> Image.Image:
    """Return an image that no format makes small."""
    return Image.effect_noise((width, height), 100).convert("RGB")


def photos_of(person: Person, description: str) -> list[str]:
    """List the addresses of the photos on the page of the request with this description."""
    [id_] = re.findall(r'<tr data-id="([^"]+)"', person.get("/requests", q=description).text)
    page = person.get(f"/requests/{id_}").text
    return re.findall(r'<img class="photo" src="([^"]+)"', page)


def get(person: Person, path: str, **headers: str) -> requests.Response:
    return person.session.get(
        f"{person.address}{path}", headers=headers, timeout=PATIENCE, allow_redirects=False
    )


@pytest.mark.parametrize("service_code", ["TIP", "LAMP", "POTHOLE"])
def test_staff_see_photos_that_are_not_public_or_are(
    person: Sign, api: Api, service_code: str
) -> None:
    description = f"With a photo {service_code}"
    answer = post(api, from_a_phone(6), service_code=service_code, description=description)
    assert answer.status == 200
    reader = person("reader")
    [path] = photos_of(reader, description)
    shown = get(reader, path)
    assert shown.status_code == 200
    assert opened(shown.content).size == (40, 60)
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'"
    assert get(reader, path, **{"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert get(reader, path.replace(".jpg", "-small.jpg")).status_code == 200
    assert get(reader, "/staff/photos/" + "0" * 32 + ".jpg").status_code == 404
    assert get(Person(reader.address), path).status_code == 302  # to the sign-in page
    public = f"{reader.address}{path.replace('/staff/photos', '/open311/media')}"
    status = requests.get(public, timeout=PATIENCE).status_code
    assert status == (200 if service_code == "POTHOLE" else 404)


def test_photos_of_the_sandbox_are_not_public_and_have_a_limit(
    person: Sign, city: str, tmp_path: Path
) -> None:
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_MAX_SANDBOX_BYTES": "4000"}
    with running_server(city, tmp_path / "log", settings) as address:
        sandbox = Sandbox(address, "json", "sandbox")
        real = Api(address, "json", KEYS["gridtown.example"])
        photo = encoded(half_red(300, 300), "PNG")
        notices = []
        for number in range(3):
            answer = post(sandbox, photo, description=f"Number {number}")
            assert answer.status == 200
            notices.append("no room for more photos" in answer.document[0]["service_notice"])
            [id_] = answer.ids()
        assert notices[0] is False
        assert notices[-1] is True
        assert sandbox.one(id_)["media_url"] is None
        first = sandbox.get("v2/requests").document[-1]
        assert requests.get(first["media_url"], timeout=PATIENCE).status_code == 404
        path = first["media_url"].removeprefix(address).replace("/open311/media", "/staff/photos")
        assert get(person("reader"), path).status_code == 404
        [id_] = post(real, photo).ids()
        assert requests.get(real.one(id_)["media_url"], timeout=PATIENCE).status_code == 200


def test_a_store_that_takes_no_photos_loses_no_report(
    city: str, passwords: dict[str, str], tmp_path: Path
) -> None:
    folder, log = tmp_path / "media", tmp_path / "log"
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_MEDIA_STORE": str(folder)}
    with running_server(city, log, settings) as address:
        api = Api(address, "json", KEYS["gridtown.example"])
        folder.rmdir()
        folder.write_text("a file where the folder should be")
        answer = post(api, from_a_phone(), description="Without the photo")
        assert answer.status == 200
        assert "Your photo could not be stored." in answer.document[0]["service_notice"]
        [id_] = answer.ids()
        assert api.one(id_)["description"] == "Without the photo"
        assert api.one(id_)["media_url"] is None
        told = "A photo could not be stored: File exists. Check OPEN311_MEDIA_STORE."
        assert told in log.read_text()
        update = {"update_id": "1", "status": "OPEN", "description": "Still there."}
        update |= {"service_request_id": id_, "updated_datetime": "2026-01-01T00:00:00Z"}
        answer = post(api, from_a_phone(), "v2/servicerequestupdates", **update)
        assert answer.status == 200, answer.document
        assert "Your photo could not be stored." in answer.document[0]["service_notice"]
        dispatch = Person(address)
        dispatch.sign_in("dispatch", passwords["dispatch"])
        form = dispatch.hidden(f"/requests/{id_}", f"/requests/{id_}/close")
        closed = dispatch.session.post(
            f"{address}/staff/requests/{id_}/close",
            data={**form, "status": "fixed", "status_notes": "Filled."},
            files={"media": ("photo.png", from_a_phone(), "image/png")},
            timeout=PATIENCE,
        )
        assert "Status updated: resolved. The photo could not be stored." in closed.text
        assert api.one(id_)["status_notes"] == "Filled."
        form = dispatch.hidden(f"/requests/{id_}", f"/requests/{id_}/reopen")
        set_period(city, days=0)
        reopened = dispatch.session.post(
            f"{address}/staff/requests/{id_}/status",
            data={**form, "status": "in_progress", "status_notes": "Again."},
            files={"media": ("photo.png", from_a_phone(), "image/png")},
            timeout=PATIENCE,
        )
        set_period(city, days=60)
        assert "closed more than 0 days ago. The photo could not be stored." in reopened.text


def test_a_store_without_room_keeps_no_half_of_a_photo(
    city: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The store is a file system of 100 kB, where this account may mount one."""
    folder = tmp_path / "media"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this account may not mount a file system")
    request.addfinalizer(lambda: subprocess.run(["umount", "-l", str(folder)], check=True))
    log, settings = tmp_path / "log", {"OPEN311_MEDIA_STORE": str(folder)}
    with running_server(city, log, settings) as address:
        api = Api(address, "json", KEYS["gridtown.example"])
        photo = encoded(noise(200, 200), "PNG")
        answers = [post(api, photo, description=f"Number {number}") for number in range(3)]
        assert [one.status for one in answers] == [200] * 3
        assert "could not be stored" in answers[-1].document[0]["service_notice"]
        links = [api.one(one.ids()[0])["media_url"] for one in answers]
        assert links[0] is not None
        assert links[-1] is None
        for link in filter(None, links):
            assert opened(requests.get(link, timeout=PATIENCE).content).size == (200, 200)
        assert len(list(folder.iterdir())) == 2 * len(list(filter(None, links)))
        assert "No space left on device" in log.read_text()


def test_a_photo_of_an_internal_note_is_for_staff_alone(
    person: Sign, api: Api, city: str, run_command: Callable[..., str]
) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="Fence", email="ida@mail.example")
    dispatch, page = person("dispatch"), f"/requests/{id_}"
    before = api.get("v2/requests", service_request_id=id_, extensions="true").document
    sent = dispatch.session.post(
        f"{dispatch.address}/staff{page}/note",
        data={**dispatch.hidden(page, f"{page}/note"), "text": "See the gap."},
        files={"media": ("gap.jpg", from_a_phone(6), "image/jpeg")},
        timeout=PATIENCE,
    )
    assert "Internal note added." in sent.text
    [path] = photos_of(person("reader"), "Fence")
    name = path.rpartition("/")[2]
    assert get(person("reader"), path).status_code == 200
    assert get(Person(dispatch.address), path).status_code != 200
    public = f"/open311/media/{name}"
    for someone in (Person(dispatch.address), dispatch):
        assert get(someone, public).status_code == 404
        assert name not in get(someone, f"/requests/{id_}").text
    with_all = api.get("v2/requests", service_request_id=id_, extensions="true").document
    for now, then in zip(with_all, before, strict=True):
        for field in ("media_url", "media_urls", "photos"):
            assert now.get(field) == then.get(field)
    assert name not in api.get("v2/servicerequestupdates").response.text
    items = f"{dispatch.address}/ogc/collections/requests/items?limit=1000&f=json"
    assert name not in dispatch.session.get(items, timeout=PATIENCE).text
    export = get(dispatch, "/staff/requests/export?q=fence&format=csv")
    assert export.status_code == 200
    assert name not in export.text
    hidden = {"photo": name, "kind": "hidden", "reason": "Personal data removed"}
    moderated = dispatch.post(page, f"{page}/moderate-photo", **hidden)
    assert moderated.status_code >= 400  # it is no photo that the public could see
    assert get(dispatch, path).status_code == 200
    run_command(city, "people", "erase", "--email", "ida@mail.example", "--yes")
    assert get(dispatch, path).status_code == 404
    assert "See the gap." in dispatch.get(page).text  # the words of the note are not about a person


def test_a_photo_of_a_note_can_be_removed_alone(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="Gate")
    dispatch, page = person("dispatch"), f"/requests/{id_}"
    photos = [("media", (f"{one}.jpg", from_a_phone(one), "image/jpeg")) for one in (1, 6)]
    dispatch.session.post(
        f"{dispatch.address}/staff{page}/note",
        data={**dispatch.hidden(page, f"{page}/note"), "text": "See the lock."},
        files=photos,
        timeout=PATIENCE,
    )
    first, second = photos_of(person("reader"), "Gate")
    name = first.rpartition("/")[2]
    assert "remove-photo" not in person("reader").get(page).text
    act = f"{page}/remove-photo"
    assert person("reader").post(page, act, photo=name, confirm="true").status_code == 403
    assert dispatch.post(page, act, photo=name).status_code == 409  # not confirmed
    assert len(photos_of(dispatch, "Gate")) == 2
    done = dispatch.post(page, act, photo=name, confirm="true")
    assert "Photo removed." in done.text
    assert "Photo of a note removed, by dispatch" in " ".join(done.text.split())
    assert "See the lock." in done.text
    assert photos_of(dispatch, "Gate") == [second]
    assert get(dispatch, first).status_code == 404
    assert get(dispatch, second).status_code == 200
    kept = second.rpartition("/")[2].removesuffix(".jpg")
    assert len(list(photo_folder().glob(f"{kept}*"))) == 2  # the photo and its thumbnail
    assert not list(photo_folder().glob(f"{name.removesuffix('.jpg')}*"))
    again = dispatch.post(page, act, photo=name, confirm="true")
    assert (again.status_code, "may have been removed" in again.text) == (409, True)
