"""Photos and the rows that name them: stored both or not at all, and removed together."""

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from current_city import submit as submit_to_the_city
from flask import Flask
from images import from_a_phone
from sqlalchemy import func, insert, select, text

from geo.coordinates import Point
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.media.photos import Photo, make_photo
from open311.media.store import MediaStore, files_of, new_name, thumbnail_of
from open311.models import Media, ReceivedUpdate, ServiceRequest
from open311.operations.maintenance import sweep_media
from open311.operations.requests.photos import NO_ROOM, NOT_STORED, written_photos
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.media import is_published
from open311.steps.requests.history import add_status_change
from open311.steps.requests.media import drop_media, store_media
from open311.steps.values.submissions import StoredPhoto, Submission

GRIDTOWN = "gridtown.example"
LINK = "https://photos.example/1.jpg"
NOW = datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(str(tmp_path / "media"))


@pytest.fixture(scope="module")
def photo() -> Photo:
    return make_photo(from_a_phone(6), 10_000)


def submit(media: list[StoredPhoto | str], lat: float = 0.5) -> str:
    submission = Submission(
        jurisdiction=get_jurisdiction(GRIDTOWN),
        service=get_service(GRIDTOWN, "POTHOLE"),
        point=Point(lat=lat, long=0.5),
        media=media,
    )
    return str(submit_to_the_city(submission).receipt["service_request_id"])


def report_with(store: MediaStore, *media: Photo | str) -> int:
    """Store a report with media, and give its primary key."""
    with written_photos(store, media) as written:
        id_ = submit(written.media)
    by_id = select(ServiceRequest.pk).where(ServiceRequest.service_request_id == id_)
    return db.session.execute(by_id).scalar_one()


def rows(pk: int) -> list[tuple[int, str | None, int | None]]:
    statement = (
        select(Media.position, Media.url, Media.width)
        .where(Media.service_request_pk == pk)
        .order_by(Media.position)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def names(pk: int) -> list[str]:
    statement = select(Media.name).where(Media.service_request_pk == pk, Media.name.is_not(None))
    return [str(name) for name in db.session.scalars(statement.order_by(Media.position))]


def make_old(folder: Path, *file_names: str) -> None:
    for file_name in file_names:
        moment = (NOW - timedelta(hours=2)).timestamp()
        os.utime(folder / file_name, (moment, moment))


def test_a_report_and_its_photos_are_stored_together(
    app: Flask, store: MediaStore, photo: Photo
) -> None:
    pk = report_with(store, photo, LINK, photo)
    assert rows(pk) == [(0, None, 40), (1, LINK, None), (2, None, 40)]
    assert store.list_files() == sorted(files_of(names(pk)))
    first = names(pk)[0]
    with store.open(first) as file, store.open(thumbnail_of(first)) as small:
        assert file.read() == photo.content
        assert small.read() == photo.thumbnail
    row = db.session.get(ServiceRequest, pk)
    assert row is not None
    assert row.media_url == f"/open311/media/{first}"


def test_of_a_report_that_cannot_be_stored_no_photo_stays(
    app: Flask, store: MediaStore, photo: Photo
) -> None:
    """A place that is refused, a row that the database refuses, and a store that fails."""
    count = select(func.count()).select_from(ServiceRequest)
    before = db.session.scalar(count)
    with pytest.raises(OutsideServiceArea), written_photos(store, [photo]) as written:
        submit(written.media, lat=45)
    db.session.execute(text("ALTER TABLE media ADD CHECK (position < 1)"))
    db.session.commit()
    with pytest.raises(Exception, match="media_position_check"):
        report_with(store, photo, photo)
    assert store.list_files() == []
    assert db.session.scalar(count) == before
    assert db.session.scalar(select(func.count()).select_from(Media)) == 0


def test_a_photo_that_cannot_be_deleted_is_logged(
    store: MediaStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = new_name()
    (tmp_path / "media" / name).mkdir(parents=True)
    store.remove_photos([name])
    assert [one.getMessage() for one in caplog.records] == [
        "Photos could not be deleted: Is a directory. The nightly maintenance tries again."
    ]


def test_if_the_store_fails_everything_else_is_stored(
    app: Flask, store: MediaStore, photo: Photo, tmp_path: Path
) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    media = [photo, "https://photos.example/2.jpg", replace(photo, link=LINK)]
    with written_photos(store, media) as written:
        assert written.media == ["https://photos.example/2.jpg", LINK]  # fetched, and linked again
        assert written.notice == NOT_STORED
        submit(written.media)
    assert db.session.scalar(select(func.count()).select_from(Media)) == 2


def test_photos_that_do_not_fit_are_left_out(app: Flask, store: MediaStore, photo: Photo) -> None:
    size = len(photo.content)
    with written_photos(store, [photo, photo, LINK], room=2 * size - 1) as written:
        assert [type(medium) for medium in written.media] == [StoredPhoto, str]
        assert written.notice == NO_ROOM
        assert len(store.list_files()) == 2


def test_photos_that_were_not_needed_are_removed(
    app: Flask, store: MediaStore, photo: Photo
) -> None:
    """As when the same report had been stored before, and is answered with that one's id."""
    with written_photos(store, [photo, LINK]) as written:
        assert len(store.list_files()) == 2
        assert written.media[1] == LINK
    assert store.list_files() == []


def test_the_sweep_removes_what_is_old_and_named_by_no_report(
    app: Flask, store: MediaStore, photo: Photo, tmp_path: Path
) -> None:
    pk = report_with(store, photo)
    kept, orphan, young, half = (*names(pk), new_name(), new_name(), new_name())
    for file_name in (*files_of([orphan, young]), thumbnail_of(half)):
        store.write(file_name, b"content")
    (tmp_path / "media/notes.jpg").write_bytes(b"not ours")
    make_old(tmp_path / "media", *files_of([kept, orphan]), thumbnail_of(half), "notes.jpg")
    assert sweep_media(store, NOW) == 3
    left = {path.name for path in (tmp_path / "media").iterdir()}
    assert left == {*files_of([kept, young]), "notes.jpg"}
    assert sweep_media(store, NOW) == 0


def test_the_sweep_of_a_store_nobody_used_yet_finds_nothing(app: Flask, store: MediaStore) -> None:
    assert sweep_media(store, NOW) == 0


def test_the_sweep_leaves_the_photos_of_reports_that_come_in_meanwhile(
    app: Flask, store: MediaStore, photo: Photo
) -> None:
    ending = threading.Event()

    def sweep_again_and_again() -> None:
        with app.app_context():
            while not ending.is_set():
                sweep_media(store, datetime.now(UTC))

    sweeper = threading.Thread(target=sweep_again_and_again)
    sweeper.start()
    try:
        pks = [report_with(store, photo) for _number in range(20)]
    finally:
        ending.set()
        sweeper.join()
    assert store.list_files() == sorted(files_of(name for pk in pks for name in names(pk)))


def add_update(pk: int, token: str | None) -> int:
    """Store an update of a service request, which waits if it has a token; give its id."""
    step = None if token else add_status_change(pk, "open", "Seen.", NOW.replace(microsecond=0))
    statement = insert(ReceivedUpdate).values(
        service_request_pk=pk,
        update_id=token or "1",
        token=token,
        description="",
        sent_at=NOW,
        received_at=NOW,
        status_change_id=step,
        by_city=True,
        claims=False,
    )
    return db.session.execute(statement.returning(ReceivedUpdate.id)).scalar_one()


def test_the_photos_of_an_update_follow_and_are_seen_once_it_is_accepted(
    app: Flask, store: MediaStore, photo: Photo
) -> None:
    pk = report_with(store, photo)
    shown, waiting = (StoredPhoto(new_name(), 1, 1, 1) for _number in range(2))
    store_media(pk, [shown, LINK], add_update(pk, None))
    store_media(pk, [waiting], add_update(pk, "token"))
    assert [position for position, *_ in rows(pk)] == [0, 1, 2, 3]
    assert is_published(shown.name)
    assert not is_published(waiting.name)


def test_what_is_dropped_is_gone_from_rows_and_store(
    app: Flask, store: MediaStore, photo: Photo
) -> None:
    gone, other, kept = (report_with(store, photo, LINK) for _number in range(3))
    expected = sorted([*names(gone), *names(other)])
    dropped = drop_media([gone, other])
    assert dropped == expected
    db.session.commit()
    store.remove(files_of(dropped))
    assert store.list_files() == sorted(files_of(names(kept)))
    assert rows(gone) == rows(other) == []
    row = db.session.get(ServiceRequest, gone)
    assert row is not None
    assert row.media_url == ""
    assert drop_media([]) == []
