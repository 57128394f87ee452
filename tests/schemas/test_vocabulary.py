"""What is done for each entry of a table is done for all of them."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from open311.web.exports import WRITERS
from schemas.requests.answers import FIELD_OF
from schemas.vocabulary.datatypes import DATATYPE_CODES, DATATYPES
from schemas.vocabulary.file_formats import FILE_FORMAT_OF, FILE_FORMATS
from schemas.vocabulary.statuses import DETAILED_STATUSES, STATUS_WORDS, STATUSES

ROOT = Path(__file__).resolve().parents[2]
API = (ROOT / "docs/api.md").read_text()
GIS = (ROOT / "docs/gis.md").read_text()
SEED_FOLDER = (ROOT / "seed_data/lancaster/README.md").read_text()


def test_every_datatype_has_a_field_that_checks_answers() -> None:
    assert set(FIELD_OF) == set(DATATYPE_CODES)


def test_every_file_format_has_a_writer() -> None:
    assert set(WRITERS) == set(FILE_FORMAT_OF)


def test_no_word_of_another_server_means_two_statuses() -> None:
    words = [word for one in STATUSES for word in (one.code, *one.elsewhere)]
    assert len(words) == len(STATUS_WORDS)


def test_open_statuses_are_listed_before_closed_ones() -> None:
    assert tuple(one.code for one in STATUSES) == DETAILED_STATUSES


@pytest.mark.parametrize("status", STATUSES, ids=lambda one: one.code)
def test_the_api_page_lists_every_status_with_its_name(status) -> None:
    assert f"| `{status.code}` | {status.name} | {status.standard} |" in API


@pytest.mark.parametrize("datatype", DATATYPE_CODES)
def test_the_seed_folder_page_names_every_datatype(datatype: str) -> None:
    assert f"`{datatype}`" in SEED_FOLDER


@pytest.mark.parametrize("format", FILE_FORMATS, ids=lambda one: one.code)
def test_the_gis_page_names_every_file_format(format) -> None:
    assert f"`{format.code}`" in GIS


def test_every_name_is_translated() -> None:
    path = ROOT / "open311/translations/es/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        catalog = read_po(file)
    names = [one.name for one in (*STATUSES, *DATATYPES)]
    assert [name for name in names if not (catalog.get(name) and catalog[name].string)] == []
