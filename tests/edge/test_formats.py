"""A document says the same in XML and in JSON, and rows are written as XML in two ways."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Any

import pytest
from georeport_client import LISTS, as_text, spark
from hypothesis import given
from hypothesis import strategies as st

from open311.web.formats import ENTRY_NAMES, render_json, render_xml, table_xml, tree_xml
from schemas.requests.documents import ServiceRequestSchema

texts = st.text(max_size=30) | st.text(alphabet="&<>\"'\r\n\t]\x00\x0b\ud800\ufffe é🚧", max_size=9)
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
plain = st.none() | st.booleans() | st.integers() | moments | texts | st.floats(-180, 180)
names_of_rows = st.lists(
    st.sampled_from(list(ServiceRequestSchema().fields)), min_size=1, max_size=6, unique=True
)
tables = names_of_rows.flatmap(
    lambda names: st.lists(
        st.tuples(*(plain for _name in names)).map(lambda row: dict(zip(names, row, strict=True))),
        min_size=1,
    )
)


@given(tables)
def test_a_table_is_written_as_the_tree_is(rows: list[dict[str, object]]) -> None:
    expected = tree_xml("service_requests", rows)
    assert table_xml("service_requests", rows) == expected
    assert render_xml("service_requests", rows).endswith(expected)


@pytest.mark.parametrize(
    "rows",
    [
        [{"status": "open", "lat": 1.5}, {"lat": 1.5, "status": "open"}],
        [{"status": "open"}, {"status": "open", "lat": 1.5}],
    ],
)
def test_rows_with_other_names_are_no_table(rows: list[dict[str, object]]) -> None:
    assert table_xml("service_requests", rows) is None
    assert render_xml("service_requests", rows).endswith(tree_xml("service_requests", rows))


def test_what_is_no_table_is_written_by_the_tree() -> None:
    nested = [{"service_request_id": "1", "extended_attributes": {"boundaries": {"ward": "2"}}}]
    assert b"<boundaries><ward>2</ward></boundaries>" in render_xml("service_requests", nested)
    assert render_xml("service_requests", []).endswith(b"<service_requests/>")
    assert render_xml("service_requests", [{}]).endswith(
        b"<service_requests><request/></service_requests>"
    )


# What ElementTree reads as it was written: no control characters, which XML cannot carry, and no
# numbers, which JSON and Python do not write alike.
words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30)
leaves = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | moments | words
names = st.sampled_from(["status", "lat", "media_url", "description", "code"])
documents = st.recursive(
    st.dictionaries(names, leaves, min_size=1),
    lambda inner: st.one_of(
        st.dictionaries(
            st.sampled_from(["jurisdiction", "extended_attributes"]), inner, min_size=1
        ),
        *(
            st.fixed_dictionaries({name: st.lists(inner, min_size=1, max_size=3)})
            for name in ("attributes", "notes", "values", "photos")
        ),
    ),
    max_leaves=8,
)


@given(st.sampled_from(["services", "service_requests", "errors"]), st.lists(documents, max_size=4))
def test_a_document_says_the_same_in_xml_and_in_json(root: str, content: list[Any]) -> None:
    """GEN-17"""
    in_xml = ET.fromstring(render_xml(root, content))
    assert in_xml.tag == root
    assert spark(in_xml) == as_text(json.loads(render_json(root, content)))


def test_the_lists_that_clients_know_are_those_that_are_written() -> None:
    assert LISTS == ENTRY_NAMES
