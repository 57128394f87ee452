"""Drafts of reports in the nightly maintenance: they expire, and their photos with them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from open311.database import db
from open311.errors import Gone
from open311.media.store import MediaStore, files_of, new_name
from open311.models import ReportDraft
from open311.operations.maintenance import GRACE, forget_drafts, sweep_media
from open311.operations.residents.drafts import LIFETIME, change_draft, open_draft
from open311.steps.values.submissions import StoredPhoto

GRIDTOWN = "gridtown.example"
NAME = b"n" * 32


def drafts() -> int:
    return db.session.scalar(select(func.count()).select_from(ReportDraft)) or 0


def expire(ago: timedelta) -> None:
    db.session.execute(update(ReportDraft).values(expires_at=datetime.now(UTC) - ago))
    db.session.commit()


def test_a_draft_keeps_its_photos_until_it_is_deleted(site_app: Flask, tmp_path: Path) -> None:
    store, name = MediaStore(str(tmp_path)), new_name()
    for file in files_of([name]):
        store.write(file, b"photo")
    photo = StoredPhoto(name, 4, 3, 5, b"d" * 32)
    open_draft(GRIDTOWN, NAME, {"lat": ["0.5"]}, [photo])
    later = datetime.now(UTC) + LIFETIME + 2 * GRACE
    assert sweep_media(store, later) == 0
    expire(GRACE / 2)  # it may be on its way at this moment
    assert forget_drafts() == 0
    expire(GRACE * 2)
    assert forget_drafts() == 1
    assert drafts() == 0
    assert sweep_media(store, later) == 2
    assert store.list_files() == []


def test_an_expired_draft_or_one_of_another_city_is_not_changed(site_app: Flask) -> None:
    open_draft(GRIDTOWN, NAME, {}, [])
    with pytest.raises(Gone):
        change_draft("hilltown.example", NAME, (), {"lat": ["1"]})
    expire(timedelta(seconds=1))
    with pytest.raises(Gone):
        change_draft(GRIDTOWN, NAME, (), {"lat": ["1"]})
    assert db.session.scalars(select(ReportDraft.parameters)).all() == [{}]
